import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { Decimal } from '../decimal.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { assemblePortfolio, type Portfolio } from './portfolio.ts';
import { type AlertKind, portfolioAlert } from './tables.ts';

export type PortfolioAlert = typeof portfolioAlert.$inferSelect;

export const MOST_ALERTS = 20;
const LEAST_BP = 10;
const MOST_BP = 100_000;

/**
 * Asks to be told when the total, or what is held of an asset or open in a symbol, has moved by so much in either
 * direction from what it is now. The same wish twice is one. `subject` is empty for the total.
 */
export async function setPortfolioAlert(
  ctx: Context,
  input: { userId: UserId; subject: string; movesBp: number },
): Promise<PortfolioAlert> {
  const { userId, movesBp } = input;
  requireSelf(ctx, userId);
  if (!Number.isInteger(movesBp) || movesBp < LEAST_BP || movesBp > MOST_BP) fail('portfolio.alert_invalid');
  const subject = input.subject.trim().toUpperCase();
  const portfolio = await assemblePortfolio(ctx, { userId });
  const fromValue = measured(portfolio, subject);
  if (fromValue === null) fail('portfolio.position_missing', { subject: subject.slice(0, 40) });
  const kind: AlertKind = subject === '' ? 'total_moves' : 'position_moves';
  return inTransaction(ctx, async (ctx) => {
    await lockAlerts(ctx, userId);
    const set = await listAlerts(ctx, userId);
    const same = set.find((alert) => alert.subject === subject && alert.movesBp === movesBp);
    if (same) return same;
    if (set.length >= MOST_ALERTS) fail('portfolio.too_many_alerts', { max: MOST_ALERTS });
    const row = { id: ctx.newId('pal'), userId, kind, subject, movesBp, createdAt: ctx.clock.now() };
    const [put] = await ctx.db
      .insert(portfolioAlert)
      .values({ ...row, fromValue: fromValue.toFixed() })
      .returning();
    return put as PortfolioAlert; // an insert without a condition returns its row
  });
}

const lockAlerts = (ctx: TxContext, userId: UserId) =>
  ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`alerts:${userId}`}, 0))`);

const listAlerts = (ctx: Context, userId: UserId): Promise<PortfolioAlert[]> =>
  ctx.db.select().from(portfolioAlert).where(eq(portfolioAlert.userId, userId)).orderBy(asc(portfolioAlert.id));

export async function readPortfolioAlerts(ctx: Context, userId: UserId): Promise<PortfolioAlert[]> {
  requireSelf(ctx, userId);
  return listAlerts(ctx, userId);
}

/** One that is gone already is gone; somebody else's is none. */
export async function removePortfolioAlert(ctx: Context, input: { userId: UserId; alertId: string }): Promise<void> {
  requireSelf(ctx, input.userId);
  await ctx.db
    .delete(portfolioAlert)
    .where(and(eq(portfolioAlert.id, input.alertId), eq(portfolioAlert.userId, input.userId)));
}

/** What an alert is measured by, in USDT; null where there is no such thing. */
function measured({ worth, positions }: Portfolio, subject: string): Decimal | null {
  if (subject === '') return worth.usdt;
  const found = positions.filter((one) => one.symbol === subject || (one.kind === 'spot' && one.asset === subject));
  const values = found.flatMap((one) => one.valueUsdt ?? []);
  return values.length === 0 ? null : values.reduce((total, value) => total.plus(value));
}

const BATCH = 200;

/**
 * Tells whoever asked to be told. An alert fires once a move: what it saw then is what the next move is measured from.
 * An account that cannot be read counts with its last figures, so that one with a dead key does not silence the others.
 */
export async function evaluateAlerts(ctx: Context): Promise<{ people: number; fired: number; failed: number }> {
  requireActor(ctx, 'job');
  const done = { people: 0, fired: 0, failed: 0 };
  for (let after = ''; ; ) {
    const people = await ctx.db
      .selectDistinct({ userId: portfolioAlert.userId })
      .from(portfolioAlert)
      .where(gt(portfolioAlert.userId, after as UserId)) // any text may be compared
      .orderBy(asc(portfolioAlert.userId))
      .limit(BATCH);
    for (const { userId } of people) {
      try {
        done.fired += await evaluateFor(ctx, userId);
        done.people += 1;
      } catch (error) {
        done.failed += 1; // one person's accounts stand in nobody else's way
        ctx.log.error({ err: error, userId }, 'the alerts of a person could not be looked at');
      }
    }
    if (people.length < BATCH) return done;
    after = people.at(-1)?.userId ?? '';
  }
}

async function evaluateFor(ctx: Context, userId: UserId): Promise<number> {
  const portfolio = await assemblePortfolio(ctx, { userId });
  return inTransaction(ctx, async (ctx) => {
    await lockAlerts(ctx, userId);
    let fired = 0;
    for (const alert of await listAlerts(ctx, userId)) {
      // Something that is sold out is worth nothing now: that is a move too.
      const value = measured(portfolio, alert.subject) ?? new Decimal(0);
      if (await fire(ctx, alert, value)) fired += 1;
    }
    return fired;
  });
}

/** Hundredths of a percent; null where it began with nothing. */
export function movedBp(from: Decimal, to: Decimal): number | null {
  return from.isZero() ? null : to.minus(from).div(from.abs()).times(10_000).toDecimalPlaces(0).toNumber();
}

async function fire(ctx: TxContext, alert: PortfolioAlert, value: Decimal): Promise<boolean> {
  const now = ctx.clock.now();
  const from = new Decimal(alert.fromValue ?? 0);
  const moved = movedBp(from, value);
  const isNew = moved === null && !value.isZero();
  if (!isNew && (moved === null || Math.abs(moved) < alert.movesBp)) return false;
  await ctx.db
    .update(portfolioAlert)
    .set({ fromValue: value.toFixed(), ...(isNew ? {} : { firedAt: now }) })
    .where(eq(portfolioAlert.id, alert.id));
  if (moved === null) return false; // it was nothing: from here on a move can be told
  const subject = alert.subject === '' ? 'total' : alert.subject;
  const [direction, percent] = [moved < 0 ? 'down' : 'up', (Math.abs(moved) / 100).toFixed(2)];
  await putNotice(ctx, {
    userId: alert.userId,
    kind: 'portfolio.moved',
    params: { subject, direction, percent, fromUsdt: from.toFixed(2), nowUsdt: value.toFixed(2) },
    key: `${alert.id}:${now.getTime()}`,
  });
  return true;
}
