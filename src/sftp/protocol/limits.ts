/** The largest packet that is read: 256 KB of data and what is around it, as OpenSSH's server takes. */
export const maxPacketBytes = 256 * 1024;

/** The most data in one read or write, as OpenSSH's server says it in limits@openssh.com. */
export const maxDataBytes = maxPacketBytes - 1024;

/** Files and folders that one session has open at once. */
export const maxOpenHandles = 64;
