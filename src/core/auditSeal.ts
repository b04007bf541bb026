import type { Vault } from './vault.ts';

/**
 * A seal is a keyed hash over an audit line, its number in the chain and the seal before it: a line fits its seal only as
 * it was sealed, where it was sealed.
 */

export type AuditDetail = Record<string, string | number | boolean | null>;

/** What a seal covers, beside the number and the seal before it. */
interface Content {
  seq: bigint;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: AuditDetail;
}

/** A sealed line as it is stored, which need not be as it was sealed. */
export interface ChainLine extends Content {
  link: bigint;
  keyId: string | null;
  mac: string | null;
}

/** jsonb does not keep the order of keys, so the text that is hashed sorts them. Stored values may be anything. */
function sealedText(line: Content, link: bigint, previousMac: string): Buffer {
  const { seq, at, actor, action, subject, detail } = line;
  const isRecord = typeof detail === 'object' && detail !== null && !Array.isArray(detail);
  const sorted = isRecord ? Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1)) : ['not a record', detail];
  const moment = Number.isNaN(at.getTime()) ? 'no moment' : at.toISOString();
  return Buffer.from(JSON.stringify([String(link), previousMac, String(seq), moment, actor, action, subject, sorted]));
}

/** Seals a line under the first key, or under the one that `keyId` names. */
export function seal(
  vault: Vault,
  line: Content,
  link: bigint,
  previousMac: string,
  keyId?: string,
): { keyId: string; mac: string } {
  const made = vault.mac('audit', sealedText(line, link, previousMac), keyId);
  return { keyId: made.keyId, mac: made.mac.toString('hex') };
}

/** The seal that a stored line should have as line `link`; undefined when its key is not at hand. */
export function sealOf(vault: Vault, line: ChainLine, link: bigint, previousMac: string): string | undefined {
  if (!line.keyId || !vault.knows(line.keyId)) return undefined;
  return seal(vault, line, link, previousMac, line.keyId).mac;
}
