import { and, asc, gt, isNull, lt, sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { actorName, requireActor } from './access.ts';
import { insertRows } from './bulk.ts';
import { later, minutes } from './clock.ts';
import { moment } from './columns.ts';
import { type Context, inTransaction, type TxContext } from './context.ts';
import type { Vault } from './vault.ts';

/**
 * Who did what to what, append-only: triggers refuse UPDATE, DELETE and TRUNCATE, except the one UPDATE that seals a
 * row. Sealing links each row to the one before it with a keyed hash and runs in a job, in order, because doing it
 * inline would make every money movement wait for every other.
 */
export const auditEntry = pgTable(
  'audit_entry',
  {
    seq: bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    at: moment().notNull(),
    actor: text().notNull(),
    action: text().notNull(),
    subject: text().notNull(),
    detail: jsonb().$type<AuditDetail>().notNull(),
    /** Place in the chain, from 1 without gaps; null until sealed. */
    link: bigint({ mode: 'bigint' }),
    keyId: text(),
    mac: text(),
  },
  (t) => [
    uniqueIndex('audit_entry_link').on(t.link),
    index('audit_entry_unsealed').on(t.seq).where(sql`link is null`),
    index('audit_entry_subject').on(t.subject, t.seq),
    index('audit_entry_actor').on(t.actor, t.seq),
  ],
);

export type AuditDetail = Record<string, string | number | boolean | null>;

/** Writes an audit line in the caller's transaction: it is there exactly when the change is. */
export async function writeAudit(ctx: TxContext, action: string, subject: string, detail: AuditDetail = {}) {
  await ctx.db.insert(auditEntry).values({ at: ctx.clock.now(), actor: actorName(ctx.actor), action, subject, detail });
}

/** Many lines of one actor, in the order in which they are given. */
export async function writeAudits(
  ctx: TxContext,
  lines: readonly { action: string; subject: string; detail?: AuditDetail }[],
): Promise<void> {
  const [at, actor] = [ctx.clock.now(), actorName(ctx.actor)];
  const rows = lines.map(({ action, subject, detail = {} }) => ({ at, actor, action, subject, detail }));
  await insertRows(ctx.db, auditEntry, rows);
}

export type AuditContext = Context & { vault: Vault };

interface SealedRow {
  seq: bigint;
  at: Date;
  actor: string;
  action: string;
  subject: string;
  detail: AuditDetail;
}

/** jsonb does not keep the order of keys, so the text that is hashed sorts them. */
function canonical(row: SealedRow, link: bigint, previousMac: string): Buffer {
  const detail = Object.entries(row.detail).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [
    String(link),
    previousMac,
    String(row.seq),
    row.at.toISOString(),
    row.actor,
    row.action,
    row.subject,
    detail,
  ];
  return Buffer.from(JSON.stringify(parts));
}

const SEAL_BATCH = 2000;
const SEAL_LOCK = 7_205_759_404;

/** Seals what is not sealed yet, oldest first, and says how many rows that were. One instance at a time. */
export async function sealAudit(ctx: AuditContext): Promise<{ sealed: number }> {
  requireActor(ctx, 'job');
  const { vault } = ctx;
  let sealed = 0;
  for (let round = 0; round < 500; round++) {
    const count = await inTransaction(ctx, async (ctx) => {
      await ctx.db.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`);
      // From the head that is kept apart, not from the last line there is: an end that was cut off stays a gap.
      const [head] = await ctx.db.select().from(auditHead).limit(1);
      const rows = await ctx.db
        .select()
        .from(auditEntry)
        .where(isNull(auditEntry.link))
        .orderBy(asc(auditEntry.seq))
        .limit(SEAL_BATCH);
      let link = head?.link ?? 0n;
      let previousMac = head?.mac ?? '';
      const seals = rows.map((row) => {
        link += 1n;
        const { keyId, mac } = vault.mac('audit', canonical(row, link, previousMac));
        previousMac = mac.toString('hex');
        return { seq: String(row.seq), link: String(link), key_id: keyId, mac: previousMac };
      });
      if (seals.length > 0) {
        await ctx.db.execute(sql`
          update audit_entry set link = s.link, key_id = s.key_id, mac = s.mac
          from jsonb_to_recordset(${JSON.stringify(seals)}::jsonb) as s(seq bigint, link bigint, key_id text, mac text)
          where audit_entry.seq = s.seq`);
        await ctx.db.execute(sql`
          insert into audit_head (id, link, mac) values (1, ${String(link)}, ${previousMac})
          on conflict (id) do update set link = excluded.link, mac = excluded.mac`);
      }
      return seals.length;
    });
    sealed += count;
    if (count < SEAL_BATCH) break;
  }
  return { sealed };
}

/** The newest link, kept apart: cutting off the end of the chain is noticed too. */
export const auditHead = pgTable('audit_head', {
  id: bigint({ mode: 'number' }).primaryKey(),
  link: bigint({ mode: 'bigint' }).notNull(),
  mac: text().notNull(),
});

export interface AuditFault {
  fault: 'altered' | 'unknown_key' | 'missing' | 'cut_off' | 'unsealed';
  link: bigint | null;
  seq: bigint | null;
}

/**
 * Walks the whole chain and names every row that was altered or taken out. An empty list is a sound chain. Reads one
 * snapshot: what is sealed meanwhile would look like an end that was cut off.
 */
export async function verifyAudit(ctx: AuditContext): Promise<{ checked: number; faults: AuditFault[] }> {
  requireActor(ctx, 'job', 'operator');
  return ctx.db.transaction((db) => walkChain({ ...ctx, db }), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  });
}

/** A key that we do not have may be one we forgot to keep in SECRET_KEY, or one that somebody made up. */
function faultOf(
  ctx: AuditContext,
  row: { keyId: string | null; mac: string | null },
  data: Buffer,
): AuditFault['fault'] | null {
  if (!row.keyId || !ctx.vault.knows(row.keyId)) return 'unknown_key';
  return ctx.vault.mac('audit', data, row.keyId).mac.toString('hex') === row.mac ? null : 'altered';
}

async function walkChain(ctx: AuditContext): Promise<{ checked: number; faults: AuditFault[] }> {
  const faults: AuditFault[] = [];
  let checked = 0;
  let link = 0n;
  let previousMac = '';
  for (;;) {
    const rows = await ctx.db
      .select()
      .from(auditEntry)
      .where(gt(auditEntry.link, link))
      .orderBy(asc(auditEntry.link))
      .limit(5000);
    for (const row of rows) {
      const here = row.link ?? 0n;
      for (let gone = link + 1n; gone < here && faults.length < 1000; gone++)
        faults.push({ fault: 'missing', link: gone, seq: null });
      // After a gap the previous mac is unknown; the gap itself has been named, so the chain is taken up again here.
      if (here === link + 1n) {
        const fault = faultOf(ctx, row, canonical(row, here, previousMac));
        if (fault) faults.push({ fault, link: here, seq: row.seq });
      }
      link = here;
      previousMac = row.mac ?? '';
      checked += 1;
    }
    if (rows.length === 0 || faults.length >= 1000) break;
  }
  const [head] = await ctx.db.select().from(auditHead).limit(1);
  if (head && (head.link > link || (head.link === link && head.mac !== previousMac))) {
    faults.push({ fault: 'cut_off', link: head.link, seq: null });
  }
  const overdue = and(isNull(auditEntry.link), lt(auditEntry.at, later(ctx.clock.now(), -minutes(60))));
  for (const row of await ctx.db.select({ seq: auditEntry.seq }).from(auditEntry).where(overdue).limit(100)) {
    faults.push({ fault: 'unsealed', link: null, seq: row.seq });
  }
  return { checked, faults };
}
