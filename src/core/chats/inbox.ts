import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { later, seconds } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Vault } from '../vault.ts';
import { chatUpdate } from './tables.ts';

export interface NewUpdate {
  updateId: number;
  /** Whose it is: updates of one lane are worked off one after the other, lanes side by side. */
  lane: string;
  payload: unknown;
}

export interface ClaimedUpdate extends NewUpdate {
  attempts: number;
}

/**
 * What was sent lies in the inbox sealed: nobody knows yet what it is, and it may be the secret of somebody's exchange
 * account, of which not even a backup may hold a trace.
 */
export type InboxContext = Context & { vault: Vault };

const bindingOf = (botId: string, updateId: number) => `chat_update:${botId}:${updateId}`;

/** Stores what a platform sent, before the platform is told that we have it. One that was stored before is left alone. */
export async function storeUpdates(ctx: InboxContext, botId: string, updates: readonly NewUpdate[]): Promise<number> {
  if (updates.length === 0) return 0;
  const receivedAt = ctx.clock.now();
  const sealed = ({ updateId, payload }: NewUpdate) =>
    payload === null ? null : { sealed: ctx.vault.seal(JSON.stringify(payload), bindingOf(botId, updateId)) };
  const stored = await ctx.db
    .insert(chatUpdate)
    .values(updates.map((update) => ({ botId, receivedAt, ...update, payload: sealed(update) })))
    .onConflictDoNothing()
    .returning({ updateId: chatUpdate.updateId });
  return stored.length;
}

const CLAIM_MS = seconds(60);

/**
 * Takes the oldest waiting update of up to `limit` lanes. A lane whose update is being worked on gives nothing, on
 * whichever instance that is; a claim of a killed instance runs out after a minute.
 *
 * The heads of all lanes are read in one pass, so that a backlog costs its length and not its square, whatever the
 * planner believes about a table that fills and empties all day. A few more than needed are looked at, because another
 * instance may be taking the same ones.
 */
export async function claimUpdates(ctx: InboxContext, botId: string, limit: number): Promise<ClaimedUpdate[]> {
  const now = ctx.clock.now();
  const rows = await ctx.db.execute<{ update_id: string; lane: string; payload: unknown; attempts: number }>(sql`
    with head as materialized (
      select distinct on (lane) update_id, claimed_until from chat_update
      where bot_id = ${botId} and done_at is null order by lane, update_id),
    open as materialized (
      select update_id from head where claimed_until is null or claimed_until < ${now.toISOString()}
      order by update_id limit ${limit * 4}),
    taken as materialized (
      select w.update_id from open join chat_update w on w.bot_id = ${botId} and w.update_id = open.update_id
      where w.done_at is null and (w.claimed_until is null or w.claimed_until < ${now.toISOString()})
      order by w.update_id limit ${limit} for update of w skip locked)
    update chat_update c set claimed_until = ${later(now, CLAIM_MS).toISOString()}, attempts = attempts + 1
    from taken where c.bot_id = ${botId} and c.update_id = taken.update_id
    returning c.update_id, c.lane, c.payload, c.attempts`);
  return rows.map((row) => ({
    updateId: Number(row.update_id),
    lane: row.lane,
    payload: openPayload(ctx, botId, Number(row.update_id), row.payload),
    attempts: row.attempts,
  }));
}

/** One that no key at hand opens means nothing; it must not hold up everybody behind it. */
function openPayload(ctx: InboxContext, botId: string, updateId: number, payload: unknown): unknown {
  const sealed = payload && typeof payload === 'object' && 'sealed' in payload ? payload.sealed : undefined;
  if (typeof sealed !== 'string') return payload; // stored by an older version
  try {
    return JSON.parse(ctx.vault.open(sealed, bindingOf(botId, updateId)));
  } catch (error) {
    ctx.log.error({ err: error, updateId }, 'an update in the inbox cannot be opened; it is passed over');
    return null;
  }
}

/** Marks an update as worked off and wipes what it said. */
export async function finishUpdate(ctx: Context, botId: string, updateId: number, error?: string): Promise<void> {
  await ctx.db
    .update(chatUpdate)
    .set({ doneAt: ctx.clock.now(), payload: null, error: error ?? null })
    .where(and(eq(chatUpdate.botId, botId), eq(chatUpdate.updateId, updateId)));
}

/** Gives an update back for another try after `afterMs`; its lane waits for it. */
export async function returnUpdate(ctx: Context, botId: string, updateId: number, afterMs: number): Promise<void> {
  await ctx.db
    .update(chatUpdate)
    .set({ claimedUntil: later(ctx.clock.now(), afterMs) })
    .where(and(eq(chatUpdate.botId, botId), eq(chatUpdate.updateId, updateId), isNull(chatUpdate.doneAt)));
}

/** Drops what was worked off before `before`; until then it keeps a platform's repeats out. */
export async function forgetUpdates(ctx: Context, before: Date): Promise<number> {
  const gone = await ctx.db
    .delete(chatUpdate)
    .where(and(isNotNull(chatUpdate.doneAt), lt(chatUpdate.doneAt, before)))
    .returning({ updateId: chatUpdate.updateId });
  return gone.length;
}
