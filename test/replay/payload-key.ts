/** The key that the recorded histories are encrypted with; they hold nothing but ids of test uploads. */
export const replayPayloadKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
