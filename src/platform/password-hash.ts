import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** As strong as OWASP advises, in the variant that takes 16 MB: many logins at once must not use up the memory. */
const cost = { N: 2 ** 14, r: 8, p: 5 };
const saltBytes = 16;
const hashBytes = 32;

/** Takes a password; gives what may be kept of it: `scrypt$N$r$p$salt$hash`, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password.normalize('NFC'), salt, hashBytes, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** @returns false for a wrong password, and for a kept value that cannot be read */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = kept.split('$');
  if (scheme !== 'scrypt' || !salt || !hash) return false;
  const wanted = Buffer.from(hash, 'base64');
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await derive(password.normalize('NFC'), Buffer.from(salt, 'base64'), wanted.length, options);
  return timingSafeEqual(found, wanted);
}

/** A kept value that no password fits, for checks that have to take as long for a user whom there is not. */
export function impossiblePassword(): Promise<string> {
  return hashPassword(randomBytes(32).toString('base64'));
}
