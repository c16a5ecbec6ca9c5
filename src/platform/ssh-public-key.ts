import { createHash, createPublicKey } from 'node:crypto';
import { utils, type ParsedKey } from 'ssh2';

const types = new Set(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']);
const leastRsaBits = 2048;

/**
 * Takes a public key as OpenSSH writes it into a .pub file; gives it without its comment, which is often somebody's name.
 * @returns undefined for what is no public key, or a weak one (DSA, RSA below 2048 bits)
 */
export function readPublicKey(text: string): string | undefined {
  const key = parse(text);
  if (!key || !types.has(key.type) || key.isPrivateKey()) return undefined;
  if (key.type === 'ssh-rsa') {
    const bits = createPublicKey(key.getPublicPEM()).asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < leastRsaBits) return undefined;
  }
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

/** What people compare keys by, as `ssh-keygen -l` shows it. */
export function fingerprintOf(publicKey: string): string {
  const [, blob = ''] = publicKey.split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

export function isSameKey(publicKey: string, blob: Buffer): boolean {
  const [, own = ''] = publicKey.split(' ');
  return Buffer.from(own, 'base64').equals(blob);
}

/** Whether a signature was made with the private part of a key. @param hash set by RSA keys: SHA-1 is not taken */
export function isSignedBy(
  publicKey: string,
  signed: { data: Buffer; signature: Buffer; hash: string | undefined },
): boolean {
  const key = parse(publicKey);
  if (!key || (key.type === 'ssh-rsa' && !signed.hash)) return false;
  return key.verify(signed.data, signed.signature, signed.hash) === true;
}

function parse(text: string): ParsedKey | undefined {
  const parsed = utils.parseKey(text);
  return parsed instanceof Error ? undefined : parsed;
}
