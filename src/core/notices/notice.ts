import { and, eq, lt, ne, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { later, minutes, seconds } from '../clock.ts';
import type { Context, TxContext } from '../context.ts';
import type { Params } from '../error.ts';
import type { UserId } from '../id.ts';
import { type Identity, identitiesOf, markUnreachable } from '../people/identity.ts';
import { readUser } from '../people/user.ts';
import type { Language } from '../text/text.ts';
import type { Couriers } from './courier.ts';
import { kindOf, type NoticeKind } from './kinds.ts';
import { quietUntil, readPreference } from './preference.ts';
import { notice } from './tables.ts';

type Notice = typeof notice.$inferSelect;

/** Money and moments as text, so that jsonb keeps every digit. */
function asText(params: Params): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([k, v]) => [k, v instanceof Date ? v.toISOString() : String(v)]),
  );
}

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
  const { group, urgent } = kindOf(row.kind);
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
  const person = await readUser(ctx, row.userId);
  // A chat this instance does not speak (another token, another role) is left to the instance that does.
  const logins = (await identitiesOf(ctx, row.userId)).filter((login) => ctx.couriers.has(login.provider));
  const outcome = await tryLogins(ctx, row, logins, person.language, until !== null);
  if (outcome.sentTo) {
    await close(ctx, row, { status: 'sent', sentAt: ctx.clock.now(), sentTo: outcome.sentTo.id, error: null });
  } else if (row.attempts >= MOST_ATTEMPTS) {
    await close(ctx, row, { status: 'failed', error: outcome.why });
  } else {
    const wait = Math.max(outcome.retryAfterMs, Math.min(seconds(2) * 2 ** row.attempts, minutes(60)));
    await close(ctx, row, { dueAt: later(now, wait), error: outcome.why });
  }
}

interface Outcome {
  sentTo?: Identity;
  why: string;
  retryAfterMs: number;
}

/** One login after the other until one takes it: told once per person, not once per chat. */
async function tryLogins(
  ctx: NoticeContext,
  row: Notice,
  logins: Identity[],
  language: Language,
  silent: boolean,
): Promise<Outcome> {
  const outcome: Outcome = { why: logins.length === 0 ? 'no chat of this person is connected' : '', retryAfterMs: 0 };
  for (const login of logins) {
    const courier = ctx.couriers.get(login.provider);
    if (!courier) continue;
    try {
      const to = { identityId: login.id, subject: login.subject, language };
      const delivery = await courier.deliver(to, { id: row.id, kind: row.kind, params: row.params, silent });
      if (delivery === 'sent') return { ...outcome, sentTo: login };
      if (delivery === 'unreachable') {
        await markUnreachable(ctx, login.id);
        outcome.why = `${login.provider}: takes no messages from us`;
      } else {
        outcome.why = `${login.provider}: asked us to wait`;
        outcome.retryAfterMs = Math.max(outcome.retryAfterMs, delivery.retryAfterMs);
        return outcome; // it will take it in a while: going elsewhere now would tell the person twice
      }
    } catch (error) {
      outcome.why = `${login.provider}: ${error instanceof Error ? error.name : 'fault'}`;
      ctx.log.warn({ err: error, notice: row.id, provider: login.provider }, 'a courier failed');
      return outcome;
    }
  }
  return outcome;
}

/** Drops delivered notices older than `before`. */
export async function forgetNotices(ctx: Context, before: Date): Promise<number> {
  const old = and(ne(notice.status, 'waiting'), lt(notice.createdAt, before));
  return (await ctx.db.delete(notice).where(old).returning({ id: notice.id })).length;
}
