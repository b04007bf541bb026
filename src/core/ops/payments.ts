import { and, asc, desc, eq, gte, ilike, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { firstIdAt, type TopupId, type UserId } from '../id.ts';
import { gatewayEvent, payment, refund, suspense, type TopupStatus, topup } from '../money/tables.ts';
import { user } from '../people/tables.ts';

export const PAGE = 25;

/** One page of a list, and whether there is another. Nothing is counted: lists are long. */
export interface Page<T> {
  items: T[];
  page: number;
  hasMore: boolean;
}

export const pageOf = <T>(rows: T[], page: number): Page<T> => ({
  items: rows.slice(0, PAGE),
  page,
  hasMore: rows.length > PAGE,
});

export interface TopupFilter {
  status?: TopupStatus | undefined;
  /** A reference, an id of a top-up or person, or part of a name. */
  text?: string | undefined;
  from?: Date | undefined;
  /** The moment after the last. */
  until?: Date | undefined;
  page: number;
}

export type TopupRow = { topup: typeof topup.$inferSelect; user: typeof user.$inferSelect };

/** Everybody's top-ups, newest first, 25 a page. */
export async function listTopups(ctx: Context, filter: TopupFilter): Promise<Page<TopupRow>> {
  requirePermission(ctx, 'payments.read');
  const { status, from, until, page } = filter;
  const born = (at: Date) => firstIdAt('top', at) as TopupId; // compared only
  const rows = await ctx.db
    .select({ topup, user })
    .from(topup)
    .innerJoin(user, eq(user.id, topup.userId))
    .where(
      and(
        status && eq(topup.status, status),
        from && gte(topup.id, born(from)),
        until && lt(topup.id, born(until)),
        filter.text ? matches(filter.text.trim()) : undefined,
      ),
    )
    .orderBy(desc(topup.id))
    .limit(PAGE + 1)
    .offset((page - 1) * PAGE);
  return pageOf(rows, page);
}

function matches(text: string): SQL | undefined {
  if (/^TU[0-9A-Z]{10}$/i.test(text)) return eq(topup.reference, text.toUpperCase());
  if (/^(top|usr)_/.test(text)) return or(eq(topup.id, text as TopupId), eq(topup.userId, text as UserId)); // any text may be compared
  return ilike(user.displayName, `%${text.replace(/[\\%_]/g, '\\$&')}%`);
}

export interface TopupStory extends TopupRow {
  payments: (typeof payment.$inferSelect)[];
  events: (typeof gatewayEvent.$inferSelect)[];
  refunds: (typeof refund.$inferSelect)[];
}

const MOST = 200;

/** One top-up with all that gateways said about it and all that was paid and given back. */
export async function readTopupStory(ctx: Context, input: { topupId: string }): Promise<TopupStory> {
  requirePermission(ctx, 'payments.read');
  const topupId = input.topupId as TopupId; // any text may be compared
  const [row] = await ctx.db
    .select({ topup, user })
    .from(topup)
    .innerJoin(user, eq(user.id, topup.userId))
    .where(eq(topup.id, topupId));
  if (!row) fail('topup.missing');
  const payments = await ctx.db
    .select()
    .from(payment)
    .where(eq(payment.topupId, topupId))
    .orderBy(asc(payment.recordedAt))
    .limit(MOST);
  const charges = payments.map((paid) => paid.chargeId);
  const { provider, reference } = row.topup;
  const ofCharges = charges.length > 0 ? inArray(gatewayEvent.chargeId, charges) : sql`false`;
  const events = await ctx.db
    .select()
    .from(gatewayEvent)
    .where(and(eq(gatewayEvent.provider, provider), or(eq(gatewayEvent.reference, reference), ofCharges)))
    .orderBy(asc(gatewayEvent.receivedAt), asc(gatewayEvent.id))
    .limit(MOST);
  const refunds =
    charges.length === 0
      ? []
      : await ctx.db
          .select()
          .from(refund)
          .where(and(eq(refund.provider, provider), inArray(refund.chargeId, charges)))
          .orderBy(asc(refund.createdAt), asc(refund.id))
          .limit(MOST);
  return { ...row, payments, events, refunds };
}

export type SuspenseRow = { item: typeof suspense.$inferSelect; payment: typeof payment.$inferSelect };

/** Money waiting for an operator, oldest first, 25 a page. */
export async function listSuspense(ctx: Context, input: { page: number }): Promise<Page<SuspenseRow>> {
  requirePermission(ctx, 'payments.read');
  const rows = await ctx.db
    .select({ item: suspense, payment })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .where(eq(suspense.status, 'open'))
    .orderBy(asc(suspense.createdAt), asc(suspense.id))
    .limit(PAGE + 1)
    .offset((input.page - 1) * PAGE);
  return pageOf(rows, input.page);
}

export async function readSuspense(ctx: Context, input: { suspenseId: string }): Promise<SuspenseRow> {
  requirePermission(ctx, 'payments.read');
  const [row] = await ctx.db
    .select({ item: suspense, payment })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .where(eq(suspense.id, input.suspenseId));
  return row ?? fail('suspense.missing');
}

/** Whose money it is, from what an operator typed: a top-up's reference, or a person's id. */
export async function findOwner(
  ctx: Context,
  input: { text: string },
): Promise<{ topupId: TopupId } | { userId: UserId }> {
  requirePermission(ctx, 'suspense.close');
  const text = input.text.trim();
  if (/^usr_/.test(text)) return { userId: text as UserId }; // `matchSuspense` looks whether there is such a person
  const [row] = await ctx.db.select({ id: topup.id }).from(topup).where(eq(topup.reference, text.toUpperCase()));
  return { topupId: row?.id ?? fail('topup.missing') };
}
