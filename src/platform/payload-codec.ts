import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY, type DataConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const encoding = Buffer.from('binary/encrypted');
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM over every payload that goes to Temporal. Only ids, counts and codes travel there at all; this is the second net.
 * @param keyHex 64 hex digits
 */
export function createPayloadCodec(keyHex: string): PayloadCodec {
  const key = Buffer.from(keyHex, 'hex');

  const encrypt = (payload: Payload): Payload => {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const plain = temporal.api.common.v1.Payload.encode(payload).finish();
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { [METADATA_ENCODING_KEY]: encoding }, data };
  };

  const decrypt = (payload: Payload): Payload => {
    const marker = payload.metadata?.[METADATA_ENCODING_KEY];
    if (!marker || !payload.data || !encoding.equals(marker)) return payload;
    const data = Buffer.from(payload.data);
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, nonceBytes));
    decipher.setAuthTag(data.subarray(-tagBytes));
    const plain = Buffer.concat([decipher.update(data.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    return temporal.api.common.v1.Payload.decode(plain);
  };

  return {
    encode: async (payloads) => payloads.map(encrypt),
    decode: async (payloads) => payloads.map(decrypt),
  };
}

/** Module that makes failures of errors; workflows are bundled with it. */
export const failureConverterPath = require.resolve('./failure-converter');

/** What client and worker must share to understand each other. Failure messages and stacks are encrypted as well. */
export function createDataConverter(keyHex: string): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keyHex)],
    failureConverterPath,
  };
}
