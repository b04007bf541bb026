import { and, eq, lt, ne, sql } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { insertRows } from '../bulk.ts';
import { days, later, minutes, seconds } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { asText, fail, type Params } from '../error.ts';
import type { UserId } from '../id.ts';
import { type Identity, identitiesOf, type User } from '../people/identity.ts';
import { readUser } from '../people/user.ts';
import type { Language } from '../text/text.ts';
import { alertOperators } from './alert.ts';
import { afterQuiet, type Broadcast, broadcastWords } from './broadcast.ts';
import type { Couriers } from './courier.ts';
import { kindOf, type NoticeKind } from './kinds.ts';
import { type NoticePreference, quietUntil, readPreference } from './preference.ts';
import { type Outcome, reachPerson } from './reach.ts';
import { broadcast, notice } from './tables.ts';
import { whys } from './why.ts';

export type Notice = typeof notice.$inferSelect;

/**
 * Owes a user a message, in the caller's transaction. The same key a second time is the same message; the answer says
 * whether it is a new one.
 */
export async function putNotice(
  ctx: TxContext,
  input: { userId: UserId; kind: NoticeKind; params?: Params; key: string },
): Promise<boolean> {
  const now = ctx.clock.now();
  const put = await ctx.db
    .insert(notice)
    .values({
      id: ctx.newId('ntc'),
      userId: input.userId,
      kind: input.kind,
      params: asText(input.params ?? {}),
      key: input.key,
      status: 'waiting',
      dueAt: now,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: notice.id });
  return put.length > 0;
}

/** What `putNotice` takes. */
export interface NewNotice {
  userId: UserId;
  kind: NoticeKind;
  params?: Params;
  key: string;
}

/** Many notices at once; each of whose key there is one already is that one. */
export async function putNotices(ctx: TxContext, notices: readonly NewNotice[]): Promise<void> {
  const now = ctx.clock.now();
  const rows = notices.map(({ userId, kind, params = {}, key }) => ({
    id: ctx.newId('ntc'),
    userId,
    kind,
    params: asText(params),
    key,
    status: 'waiting' as const,
    dueAt: now,
    createdAt: now,
  }));
  await insertRows(ctx.db, notice, rows);
}

export type NoticeContext = Context & { couriers: Couriers };

/** What concerns one person, and what operators tell many. The second never stands before the first. */
export type NoticeLane = 'ordinary' | 'broadcast';

const LEASE_MS = seconds(60);
const MOST_ATTEMPTS = 12;

/**
 * Delivers what is due in a lane, up to `limit`, and says how many were taken. A notice is leased by moving its due time
 * ahead, so that several instances share the work and a killed one's notices come back after a minute. A crash between
 * sending and marking sends it again: being told twice is better than not at all.
 */
export async function deliverNotices(
  ctx: NoticeContext,
  limit = 50,
  lane: NoticeLane = 'ordinary',
): Promise<{ taken: number }> {
  requireActor(ctx, 'job');
  const now = ctx.clock.now();
  const ofLane = lane === 'ordinary' ? sql`broadcast_id is null` : sql`broadcast_id is not null`;
  const rows = await ctx.db.execute<{ id: string }>(sql`
    update notice set due_at = ${later(now, LEASE_MS).toISOString()}, attempts = attempts + 1
    where id in (
      select id from notice where status = 'waiting' and due_at <= ${now.toISOString()} and ${ofLane}
      order by due_at limit ${limit} for update skip locked)
    returning id`);
  await Promise.all(rows.map(({ id }) => deliverSafely(ctx, id)));
  return { taken: rows.length };
}

async function deliverSafely(ctx: NoticeContext, id: string): Promise<void> {
  try {
    const [row] = await ctx.db
      .select({ notice, broadcast })
      .from(notice)
      .leftJoin(broadcast, eq(broadcast.id, notice.broadcastId))
      .where(eq(notice.id, id));
    if (row?.notice.status === 'waiting') await deliver(ctx, row.notice, row.broadcast);
  } catch (error) {
    ctx.log.error({ err: error, notice: id }, 'a notice could not be delivered; its lease brings it back');
  }
}

/** A notice to a closed account: nobody is told, and nothing of what it said is kept. */
export const withdrawn = {
  status: 'withdrawn',
  params: {},
  error: 'this person is blocked or has closed the account',
} as const;

/** What was told was told, whoever took it back meanwhile; anything else happens only to what still waits. */
const close = (ctx: Context, row: Notice, set: Partial<Notice>) =>
  ctx.db
    .update(notice)
    .set(set)
    .where(and(eq(notice.id, row.id), set.status === 'sent' ? undefined : eq(notice.status, 'waiting')));

async function deliver(ctx: NoticeContext, row: Notice, from: Broadcast | null): Promise<void> {
  const now = ctx.clock.now();
  const { group, urgent, ends = false, everywhere = false } = kindOf(row.kind);
  const person = await readUser(ctx, row.userId);
  if (person.closedAt) {
    await close(ctx, row, withdrawn);
    return;
  }
  const hindrance = from && hindranceOf(from, person);
  if (hindrance) {
    await close(ctx, row, { status: 'withdrawn', error: hindrance });
    return;
  }
  // A chat this instance does not speak (another token, another role) is left to the instance that does.
  const logins = (await identitiesOf(ctx, row.userId)).filter((login) => ctx.couriers.has(login.provider));
  if (ends && row.attempts === 1) await retire(ctx, row, logins, person.language);
  const preference = await readPreference(ctx, row.userId);
  if (group && preference.muted.includes(group)) {
    await close(ctx, row, { status: 'muted' });
    return;
  }
  const until = quietUntil(preference.quiet, now);
  if (until && !urgent) {
    await close(ctx, row, { dueAt: morningOf(row, from, preference, until), attempts: row.attempts - 1 });
    return;
  }
  if (logins.length === 0) {
    await leaveToOthers(ctx, row, now);
    return;
  }
  const { language } = person;
  const params = from ? { ...row.params, text: broadcastWords(from, language) } : row.params;
  const told = { id: row.id, kind: row.kind, params, silent: until !== null };
  await finish(ctx, row, await reachPerson(ctx, told, { logins, language, attempts: row.attempts, everywhere }));
}

/** What operators tell many is for nobody who is shut out, and for nobody once it is cancelled. */
function hindranceOf(from: Broadcast, person: User): string | undefined {
  if (from.status === 'cancelled') return whys.cancelled;
  return person.blockedAt || person.closedAt ? whys.left : undefined;
}

const morningOf = (row: Notice, from: Broadcast | null, { quiet }: NoticePreference, until: Date) =>
  from && quiet ? afterQuiet(from, row.params, quiet, until) : until;

/** Nobody's fault and nobody's attempt; some instance may speak this person's chat, or will after a restart. */
async function leaveToOthers(ctx: NoticeContext, row: Notice, now: Date): Promise<void> {
  const news = row.broadcastId !== null;
  if (news && row.createdAt < later(now, -days(1))) return giveUp(ctx, row, whys.no_chat);
  await close(ctx, row, {
    dueAt: later(now, minutes(news ? 10 : 1)),
    attempts: row.attempts - 1,
    error: whys.no_chat,
  });
}

async function finish(ctx: NoticeContext, row: Notice, outcome: Outcome): Promise<void> {
  const now = ctx.clock.now();
  if (outcome.sentTo) {
    await close(ctx, row, { status: 'sent', sentAt: now, sentTo: outcome.sentTo.id, error: null });
  } else if (row.attempts >= MOST_ATTEMPTS || (row.broadcastId !== null && outcome.shut)) {
    await giveUp(ctx, row, outcome.why);
  } else {
    const wait = Math.max(outcome.retryAfterMs, Math.min(seconds(2) * 2 ** row.attempts, minutes(60)));
    await close(ctx, row, { dueAt: later(now, wait), error: outcome.why });
  }
}

/** What cannot be paid any more disappears from every chat, also where nothing is said about it. */
async function retire(ctx: NoticeContext, row: Notice, logins: Identity[], language: Language): Promise<void> {
  for (const { id: identityId, subject, provider } of logins) {
    const screen = `topup:${row.params.topupId ?? ''}`;
    await ctx.couriers
      .get(provider)
      ?.retire({ identityId, subject, language }, screen)
      .catch((error: unknown) =>
        ctx.log.warn({ err: error, notice: row.id, provider }, 'a message could not be taken away'),
      );
  }
}

/** Operators are asked to look, except for what they told many: that broadcast's own page counts whom it missed. */
async function giveUp(ctx: NoticeContext, row: Notice, why: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await close(ctx, row, { status: 'failed', error: why });
    if (row.broadcastId === null)
      await alertOperators(ctx, 'notice.failed', row.userId, { notice: row.id, kind: row.kind, why });
  });
}

/** An operator asks to try a failed notice again, from the first attempt. One that waits or was told by now stays as it is. */
export async function retryNotice(ctx: Context, input: { noticeId: string }): Promise<void> {
  requirePermission(ctx, 'broadcast.send');
  await inTransaction(ctx, async (ctx) => {
    const [row] = await ctx.db.select().from(notice).where(eq(notice.id, input.noticeId)).for('no key update');
    if (!row) fail('notice.missing');
    if (row.status === 'waiting' || row.status === 'sent') return;
    if (row.status !== 'failed') fail('notice.not_failed', { status: row.status });
    await ctx.db
      .update(notice)
      .set({ status: 'waiting', attempts: 0, dueAt: ctx.clock.now() })
      .where(eq(notice.id, row.id));
    await writeAudit(ctx, 'notice.retried', row.id, { userId: row.userId, kind: row.kind, why: row.error });
  });
}

/**
 * Two people are one from now on: what the one still waits for comes to the other. A broadcast is told to the two once:
 * its key names the person and follows them, so that it is put no second time, and what would repeat it is withdrawn.
 */
export async function moveNotices(ctx: TxContext, input: { fromId: UserId; intoId: UserId }): Promise<void> {
  const { fromId, intoId } = input;
  await ctx.db.execute(sql`
    update notice set status = 'withdrawn', error = ${whys.told}
    from notice as twin
    where notice.status = 'waiting' and twin.broadcast_id = notice.broadcast_id
      and ((notice.user_id = ${fromId} and twin.user_id = ${intoId} and twin.status in ('waiting', 'sent'))
        or (notice.user_id = ${intoId} and twin.user_id = ${fromId} and twin.status = 'sent'))`);
  await ctx.db.execute(sql`
    update notice set user_id = ${intoId}, key = 'broadcast:' || broadcast_id || ':' || ${intoId}
    where user_id = ${fromId} and broadcast_id is not null and not exists (
      select 1 from notice as twin where twin.key = 'broadcast:' || notice.broadcast_id || ':' || ${intoId})`);
  await ctx.db
    .update(notice)
    .set({ userId: intoId })
    .where(and(eq(notice.userId, fromId), eq(notice.status, 'waiting')));
}

/** Drops delivered notices older than `before`. */
export async function forgetNotices(ctx: Context, before: Date): Promise<number> {
  const old = and(ne(notice.status, 'waiting'), lt(notice.createdAt, before));
  return (await ctx.db.delete(notice).where(old).returning({ id: notice.id })).length;
}
