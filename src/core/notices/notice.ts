import { and, eq, lt, ne, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { insertRows } from '../bulk.ts';
import { later, minutes, seconds } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { asText, type Params } from '../error.ts';
import type { UserId } from '../id.ts';
import { type Identity, identitiesOf, markUnreachable } from '../people/identity.ts';
import { readUser } from '../people/user.ts';
import type { Language } from '../text/text.ts';
import { alertOperators } from './alert.ts';
import type { Couriers } from './courier.ts';
import { kindOf, type NoticeKind } from './kinds.ts';
import { quietUntil, readPreference } from './preference.ts';
import { notice } from './tables.ts';

type Notice = typeof notice.$inferSelect;

/** Owes a user a message, in the caller's transaction. The same key a second time is the same message. */
export async function putNotice(
  ctx: TxContext,
  input: { userId: UserId; kind: NoticeKind; params?: Params; key: string },
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db
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
    .onConflictDoNothing();
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

const LEASE_MS = seconds(60);
const MOST_ATTEMPTS = 12;

/**
 * Delivers what is due, up to `limit`, and says how many were taken. A notice is leased by moving its due time ahead,
 * so that several instances share the work and a killed one's notices come back after a minute. A crash between
 * sending and marking sends it again: being told twice is better than not at all.
 */
export async function deliverNotices(ctx: NoticeContext, limit = 50): Promise<{ taken: number }> {
  requireActor(ctx, 'job');
  const now = ctx.clock.now();
  const rows = await ctx.db.execute<{ id: string }>(sql`
    update notice set due_at = ${later(now, LEASE_MS).toISOString()}, attempts = attempts + 1
    where id in (
      select id from notice where status = 'waiting' and due_at <= ${now.toISOString()}
      order by due_at limit ${limit} for update skip locked)
    returning id`);
  await Promise.all(rows.map(({ id }) => deliverSafely(ctx, id)));
  return { taken: rows.length };
}

async function deliverSafely(ctx: NoticeContext, id: string): Promise<void> {
  try {
    const [row] = await ctx.db.select().from(notice).where(eq(notice.id, id));
    if (row) await deliver(ctx, row);
  } catch (error) {
    ctx.log.error({ err: error, notice: id }, 'a notice could not be delivered; its lease brings it back');
  }
}

const close = (ctx: Context, row: Notice, set: Partial<Notice>) =>
  ctx.db.update(notice).set(set).where(eq(notice.id, row.id));

async function deliver(ctx: NoticeContext, row: Notice): Promise<void> {
  const now = ctx.clock.now();
  const { group, urgent, ends = false } = kindOf(row.kind);
  const person = await readUser(ctx, row.userId);
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
    await close(ctx, row, { dueAt: until, attempts: row.attempts - 1 });
    return;
  }
  if (logins.length === 0) {
    // Nobody's fault and nobody's attempt; some instance may speak this person's chat, or will after a restart.
    await close(ctx, row, {
      dueAt: later(now, minutes(1)),
      attempts: row.attempts - 1,
      error: 'no chat of this person is connected',
    });
    return;
  }
  const outcome = await tryLogins(ctx, row, logins, person.language, until !== null);
  if (outcome.sentTo) {
    await close(ctx, row, { status: 'sent', sentAt: ctx.clock.now(), sentTo: outcome.sentTo.id, error: null });
  } else if (row.attempts >= MOST_ATTEMPTS) {
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

async function giveUp(ctx: NoticeContext, row: Notice, why: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await ctx.db.update(notice).set({ status: 'failed', error: why }).where(eq(notice.id, row.id));
    await alertOperators(ctx, 'notice.failed', row.userId, { notice: row.id, kind: row.kind, why });
  });
}

interface Outcome {
  sentTo?: Identity;
  why: string;
  retryAfterMs: number;
}

/** A chat in trouble is waited for this many times before another chat of the person is tried too. */
const PATIENT_ATTEMPTS = 4;

/** One login after the other until one takes it: told once per person, not once per chat. */
async function tryLogins(
  ctx: NoticeContext,
  row: Notice,
  logins: Identity[],
  language: Language,
  silent: boolean,
): Promise<Outcome> {
  const outcome: Outcome = { why: '', retryAfterMs: 0 };
  for (const login of logins) {
    const answer = await tryLogin(ctx, row, login, language, silent);
    if (answer === 'sent') return { ...outcome, sentTo: login };
    outcome.why = `${login.provider}: ${answer.why}`;
    outcome.retryAfterMs = Math.max(outcome.retryAfterMs, answer.retryAfterMs);
    // It may take it in a while, and going elsewhere at once could tell the person twice.
    if (!answer.closed && row.attempts < PATIENT_ATTEMPTS) break;
  }
  return outcome;
}

type Answer = 'sent' | { why: string; retryAfterMs: number; closed: boolean };

async function tryLogin(
  ctx: NoticeContext,
  row: Notice,
  login: Identity,
  language: Language,
  silent: boolean,
): Promise<Answer> {
  const { id: identityId, provider, subject } = login;
  try {
    const { id, kind, params } = row;
    const delivery = await ctx.couriers
      .get(provider)
      ?.deliver({ identityId, subject, language }, { id, kind, params, silent });
    if (delivery === 'sent') return 'sent';
    if (delivery === undefined || delivery === 'unreachable') {
      await markUnreachable(ctx, identityId);
      return { why: 'takes no messages from us', retryAfterMs: 0, closed: true };
    }
    return { why: 'asked us to wait', retryAfterMs: delivery.retryAfterMs, closed: false };
  } catch (error) {
    ctx.log.warn({ err: error, notice: row.id, provider }, 'a courier failed');
    return { why: error instanceof Error ? error.name : 'fault', retryAfterMs: 0, closed: false };
  }
}

/** Drops delivered notices older than `before`. */
export async function forgetNotices(ctx: Context, before: Date): Promise<number> {
  const old = and(ne(notice.status, 'waiting'), lt(notice.createdAt, before));
  return (await ctx.db.delete(notice).where(old).returning({ id: notice.id })).length;
}
