import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { fail } from '../error.ts';

const MIN = 12;
const MAX = 200; // argon2 would work on megabytes as well, for whoever sends them

/** argon2id; the library's defaults (19 MiB, 2 passes, 1 thread) are what OWASP asks for. Refuses a weak password. */
export async function hashPassword(password: string, email: string): Promise<string> {
  const length = [...password].length;
  if (length < MIN || length > MAX || password.toLowerCase() === email)
    fail('operator.password_weak', { min: MIN, max: MAX });
  return hash(password.normalize('NFKC'));
}

const nobodys = hash(randomBytes(16));

/** Takes the same time whether there is a hash to compare with or not. */
export async function isPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  const right = await verify(passwordHash ?? (await nobodys), password.slice(0, MAX * 2).normalize('NFKC'));
  return right && passwordHash !== undefined;
}
