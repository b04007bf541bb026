import { and, asc, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { actorName, requireActor } from './access.ts';
import { type AuditFault, beginWalk, endWalk, isWalkOver, walkOn } from './auditChain.ts';
import { type AuditDetail, type ChainLine, seal } from './auditSeal.ts';
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
    index('audit_entry_action').on(t.action.op('text_pattern_ops'), t.seq),
  ],
);

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
        const { keyId, mac } = seal(vault, row, link, previousMac);
        previousMac = mac;
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

/**
 * Walks the whole chain and names every line that was altered, put in, moved or taken out. An empty list is a sound chain.
 * Reads one snapshot: what is sealed meanwhile would look like an end that was cut off. A million lines take ten
 * to twenty seconds, a thousand at a time, so that everybody else is answered in between; `onProgress` is told how many
 * have been looked at, and may throw to end it.
 */
export async function verifyAudit(
  ctx: AuditContext,
  onProgress: (checked: number) => void = () => {},
): Promise<{ checked: number; faults: AuditFault[] }> {
  requireActor(ctx, 'job', 'operator');
  return ctx.db.transaction((db) => walkChain({ ...ctx, db }, onProgress), {
    isolationLevel: 'repeatable read',
    accessMode: 'read only',
  });
}

const WALK_BATCH = 1000;

async function walkChain(ctx: AuditContext, onProgress: (checked: number) => void) {
  const walk = beginWalk();
  let after: bigint | undefined;
  while (!isWalkOver(walk)) {
    const rows = await ctx.db
      .select()
      .from(auditEntry)
      .where(after === undefined ? isNotNull(auditEntry.link) : gt(auditEntry.link, after))
      .orderBy(asc(auditEntry.link))
      .limit(WALK_BATCH);
    const lines = rows.filter((row): row is ChainLine => row.link !== null);
    for (const line of lines) walkOn(ctx.vault, walk, line);
    after = lines.at(-1)?.link;
    onProgress(walk.checked);
    if (rows.length < WALK_BATCH) break;
  }
  const [head] = await ctx.db.select().from(auditHead).limit(1);
  endWalk(walk, head);
  const overdue = and(isNull(auditEntry.link), lt(auditEntry.at, later(ctx.clock.now(), -minutes(60))));
  for (const row of await ctx.db.select({ seq: auditEntry.seq }).from(auditEntry).where(overdue).limit(100)) {
    walk.faults.push({ fault: 'unsealed', link: null, seq: row.seq });
  }
  return { checked: walk.checked, faults: walk.faults };
}
