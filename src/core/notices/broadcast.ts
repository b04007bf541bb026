import { and, eq, sql } from 'drizzle-orm';
import { actorName, requireActor, requirePermission } from '../access.ts';
import { type AuditDetail, writeAudit } from '../audit.ts';
import { later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { Language } from '../text/text.ts';
import { type BroadcastStatus, broadcast, notice, type Segment } from './tables.ts';
import { whys } from './why.ts';

export type Broadcast = typeof broadcast.$inferSelect;

/**
 * A broadcast's life. It is written as a `draft`, and changed and looked at as often as its operators like; every change
 * counts its version up. From the moment one of them says so it is `sending`, and its words, its people and its pace
 * stand: what is sent is the version that was looked at. A job puts it into the outbox little by little
 * (`ops/sendBroadcasts.ts`). When everybody has been reached and nothing of it waits any more it is `done`. Until then it
 * may be `cancelled`: what is not put is not put, and what was put and not told is withdrawn. A draft that is not wanted
 * is cancelled too. Nothing leads out of the two ends; a mistake is mended by another broadcast.
 */
export const broadcastMoves: Record<BroadcastStatus, readonly BroadcastStatus[]> = {
  draft: ['sending', 'cancelled'],
  sending: ['done', 'cancelled'],
  done: [],
  cancelled: [],
};

export const broadcastLimits = {
  /** UTF-16 units; a message of Telegram takes 4,096 of them and one of Discord 2,000. */
  letters: 1500,
  perMinute: { least: 1, most: 3000, usual: 600 },
  days: { least: 1, most: 3650 },
} as const;

export interface BroadcastDraft {
  textTh: string;
  textEn: string;
  segment: Segment;
  perMinute: number;
}

/** Line ends of one kind; nothing invisible that turns the direction of writing or controls a terminal. */
const tidy = (text: string) =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (letter) => (letter === '\n' ? '\n' : letter === '\t' ? ' ' : ''))
    .replace(/\n{3,}/g, '\n\n')
    .trim();

function check(draft: BroadcastDraft): BroadcastDraft {
  const { letters, perMinute: pace, days } = broadcastLimits;
  const { segment, perMinute } = draft;
  const [textTh, textEn] = [tidy(draft.textTh), tidy(draft.textEn)];
  if (textTh === '' || textTh.length > letters) fail('broadcast.thai_invalid', { max: letters });
  if (textEn === '' || textEn.length > letters) fail('broadcast.english_invalid', { max: letters });
  const within = (value: number, { least, most }: { least: number; most: number }) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!within(perMinute, pace)) fail('broadcast.rate_invalid', { min: pace.least, max: pace.most });
  if (segment.seenWithinDays !== undefined && !within(segment.seenWithinDays, days))
    fail('broadcast.days_invalid', { min: days.least, max: days.most });
  const { walletFromSatang: wallet } = segment;
  if (wallet !== undefined && !/^[1-9]\d{0,14}$/.test(wallet)) fail('amount.invalid', { text: wallet });
  return { textTh, textEn, segment, perMinute };
}

const isSame = (row: Broadcast, draft: BroadcastDraft) =>
  row.textTh === draft.textTh &&
  row.textEn === draft.textEn &&
  row.perMinute === draft.perMinute &&
  segmentText(row.segment) === segmentText(draft.segment);

/** jsonb keeps no order of keys. */
const segmentText = (segment: Segment) =>
  JSON.stringify(Object.entries(segment).sort(([one], [other]) => (one < other ? -1 : 1)));

const detailOf = (row: Broadcast): AuditDetail => ({
  version: row.version,
  perMinute: row.perMinute,
  segment: JSON.stringify(row.segment),
});

/**
 * Writes a draft. Its id was born with the form (`newId('brc')`), so that a form sent twice makes one draft.
 * Refuses `broadcast.thai_invalid|english_invalid|rate_invalid|days_invalid`, `amount.invalid`.
 */
export async function draftBroadcast(
  ctx: Context,
  input: { broadcastId: string; draft: BroadcastDraft },
): Promise<Broadcast> {
  requirePermission(ctx, 'broadcast.send');
  if (!/^brc_[0-9A-HJKMNP-TV-Z]{26}$/.test(input.broadcastId)) fail('form.stale');
  const draft = check(input.draft);
  const createdBy = actorName(ctx.actor);
  return inTransaction(ctx, async (ctx) => {
    const [row] = await ctx.db
      .insert(broadcast)
      .values({ id: input.broadcastId, ...draft, status: 'draft', createdBy, createdAt: ctx.clock.now() })
      .onConflictDoNothing()
      .returning();
    if (row) {
      await writeAudit(ctx, 'broadcast.drafted', row.id, detailOf(row));
      return row;
    }
    const known = await lockBroadcast(ctx, input.broadcastId);
    return known.createdBy === createdBy && isSame(known, draft) ? known : fail('broadcast.stale');
  });
}

/** Changes a draft that is still as the operator saw it. Refuses `broadcast.stale`, `broadcast.closed` and what `draftBroadcast` refuses. */
export async function editBroadcast(
  ctx: Context,
  input: { broadcastId: string; version: number; draft: BroadcastDraft },
): Promise<Broadcast> {
  requirePermission(ctx, 'broadcast.send');
  const draft = check(input.draft);
  return inTransaction(ctx, async (ctx) => {
    const row = await lockBroadcast(ctx, input.broadcastId);
    if (row.status !== 'draft') fail('broadcast.closed', { status: row.status });
    if (row.version === input.version + 1 && isSame(row, draft)) return row; // sent twice
    if (row.version !== input.version) fail('broadcast.stale');
    const edited = await write(ctx, row, { ...draft, version: row.version + 1 });
    await writeAudit(ctx, 'broadcast.edited', row.id, detailOf(edited));
    return edited;
  });
}

/** From here on people get it. Sending twice is sending once; a version that was not looked at is `broadcast.stale`. */
export async function startBroadcast(
  ctx: Context,
  input: { broadcastId: string; version: number },
): Promise<Broadcast> {
  requirePermission(ctx, 'broadcast.send');
  return inTransaction(ctx, async (ctx) => {
    const row = await lockBroadcast(ctx, input.broadcastId);
    if (row.version !== input.version) fail('broadcast.stale');
    if (row.status === 'sending' || row.status === 'done') return row;
    const started = await moveBroadcast(ctx, row, 'sending');
    await writeAudit(ctx, 'broadcast.started', row.id, detailOf(started));
    return started;
  });
}

const WITHDRAW_BATCH = 2000;

/**
 * Stops a broadcast. Nothing more is put, and what was put and not told is withdrawn, in batches: a courier that meets
 * one of them first withdraws it by itself. Cancelling twice is cancelling once; what is done is `broadcast.closed`.
 */
export async function cancelBroadcast(ctx: Context, input: { broadcastId: string }): Promise<{ withdrawn: number }> {
  requirePermission(ctx, 'broadcast.send');
  await inTransaction(ctx, async (ctx) => {
    const row = await lockBroadcast(ctx, input.broadcastId);
    if (row.status === 'cancelled') return;
    await moveBroadcast(ctx, row, 'cancelled');
    await writeAudit(ctx, 'broadcast.cancelled', row.id, { was: row.status, put: row.notices });
  });
  let withdrawn = 0;
  for (let round = 0; round < 1000; round++) {
    const count = await inTransaction(ctx, (ctx) => withdrawSome(ctx, input.broadcastId));
    withdrawn += count;
    if (count < WITHDRAW_BATCH) break;
  }
  return { withdrawn };
}

async function withdrawSome(ctx: TxContext, broadcastId: string): Promise<number> {
  const rows = await ctx.db.execute(sql`
    update notice set status = 'withdrawn', error = ${whys.cancelled}
    where id in (
      select id from notice where broadcast_id = ${broadcastId} and status = 'waiting'
      limit ${WITHDRAW_BATCH} for update)
    returning id`);
  return rows.length;
}

/** Ends a broadcast that has reached everybody, unless something of it still waits. */
export async function endBroadcast(ctx: TxContext, row: Broadcast): Promise<boolean> {
  requireActor(ctx, 'job');
  const [waiting] = await ctx.db
    .select({ id: notice.id })
    .from(notice)
    .where(and(eq(notice.broadcastId, row.id), eq(notice.status, 'waiting')))
    .limit(1);
  if (waiting) return false;
  await moveBroadcast(ctx, row, 'done');
  await writeAudit(ctx, 'broadcast.done', row.id, { put: row.notices });
  return true;
}

/** A broadcast, locked. */
export async function lockBroadcast(ctx: TxContext, broadcastId: string): Promise<Broadcast> {
  const [row] = await ctx.db.select().from(broadcast).where(eq(broadcast.id, broadcastId)).for('no key update');
  return row ?? fail('broadcast.missing');
}

/** Moves a locked broadcast along `broadcastMoves`. */
async function moveBroadcast(ctx: TxContext, row: Broadcast, status: BroadcastStatus): Promise<Broadcast> {
  if (!broadcastMoves[row.status].includes(status)) fail('broadcast.closed', { status: row.status });
  const now = ctx.clock.now();
  return write(ctx, row, { status, ...(status === 'sending' ? { startedAt: now } : { endedAt: now }) });
}

async function write(ctx: TxContext, row: Broadcast, set: Partial<Broadcast>): Promise<Broadcast> {
  const [written] = await ctx.db.update(broadcast).set(set).where(eq(broadcast.id, row.id)).returning();
  if (!written) throw new Error('a locked broadcast vanished');
  return written;
}

/** What a broadcast says to somebody who reads this language. */
export const broadcastWords = (row: Pick<Broadcast, 'textTh' | 'textEn'>, language: Language) =>
  language === 'th' ? row.textTh : row.textEn;

/**
 * When somebody whose quiet hours end at `until` is told. All of them would be told in that minute, at no pace at all; so
 * they come in the order and with the gaps in which they were planned, within the hours in which they may be told.
 */
export function afterQuiet(
  row: Pick<Broadcast, 'startedAt'>,
  params: Record<string, string>,
  quiet: { fromMinute: number; toMinute: number },
  until: Date,
): Date {
  const quietMinutes = (quiet.toMinute - quiet.fromMinute + 1440) % 1440;
  const planned = Date.parse(params.plannedAt ?? '');
  const behindMs = row.startedAt && !Number.isNaN(planned) ? Math.max(0, planned - row.startedAt.getTime()) : 0;
  return later(until, behindMs % minutes(1440 - quietMinutes));
}
