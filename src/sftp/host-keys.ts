import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { utils, type ParsedKey } from 'ssh2';
import { fingerprintOf } from '../platform/ssh-public-key';

/** As OpenSSH calls its own, so that those of a server that is replaced can be put there. */
const files = { ed25519: 'ssh_host_ed25519_key', rsa: 'ssh_host_rsa_key' } as const;
const rsaBits = 3072;

export interface HostKeys {
  /** For the server of ssh2. */
  keys: { key: ParsedKey }[];
  /** What clients show at their first connection. */
  fingerprints: string[];
}

/**
 * The keys by which clients know the server again, from files of a folder. A missing one is made, readable by this
 * account only; several processes that start at once agree on the same.
 * @throws Error when a file is no private key, or cannot be read or written
 */
export function openHostKeys(folder: string): HostKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ed25519 = openKey(path.join(folder, files.ed25519), () => utils.generateKeyPairSync('ed25519').private);
  const rsa = openKey(path.join(folder, files.rsa), () => utils.generateKeyPairSync('rsa', { bits: rsaBits }).private);
  return {
    keys: [ed25519, as(rsa, 'rsa-sha2-512'), as(rsa, 'rsa-sha2-256')].map((key) => ({ key })),
    fingerprints: [ed25519, rsa].map((key) => `${key.type} ${fingerprintOf(publicLine(key))}`),
  };
}

/** Under its own name ssh2 offers an RSA key for SHA-1 signatures too, whatever its list of algorithms says. */
function as(key: ParsedKey, type: string): ParsedKey {
  return Object.create(key, { type: { value: type } }) as ParsedKey;
}

function openKey(file: string, make: () => string): ParsedKey {
  const parsed = utils.parseKey(readOrMake(file, make));
  if (parsed instanceof Error || !parsed.isPrivateKey()) throw new Error(`${file} is not a private key of a host`);
  return parsed;
}

function readOrMake(file: string, make: () => string): Buffer {
  const found = read(file);
  if (found) return found;
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, make(), { mode: 0o600 });
  try {
    // Unlike a rename, a link fails when another process was first.
    linkSync(partial, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(partial, { force: true });
  }
  return readFileSync(file);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function publicLine(key: ParsedKey): string {
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}
