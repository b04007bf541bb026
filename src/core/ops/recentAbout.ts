import { eq, inArray } from 'drizzle-orm';
import type { Context } from '../context.ts';
import type { TopupId, UserId } from '../id.ts';
import { payment, suspense, topup } from '../money/tables.ts';
import { user } from '../people/tables.ts';
import type { Line } from './recentKinds.ts';
import { operator } from './tables.ts';

/** An event with what it is about. Names and references are what people wrote: text, and nothing else. */
export interface RecentEvent extends Line {
  /** Whose money or account it is. */
  personName: string | undefined;
  /** Of a top-up, or what a payer wrote. */
  reference: string | undefined;
  /** The operator who did it, or to whom it was done. */
  operatorName: string | undefined;
  amountSatang: bigint | undefined;
  /** The id of what there is a page for, or the subject as it is. */
  leadsTo: string;
}

interface About {
  personName: string | undefined;
  reference: string | undefined;
  leadsTo: string;
}

/** Says of each line whom and what it is about, with one query a kind of subject. */
export async function describeEvents(ctx: Context, lines: readonly Line[]): Promise<RecentEvent[]> {
  if (lines.length === 0) return [];
  const subjects = (prefix: string) => [
    ...new Set(lines.map(({ subject }) => subject).filter((subject) => subject.startsWith(prefix))),
  ];
  const operators = lines.flatMap(({ actor, subject }) => [
    operatorOf(actor),
    subject.startsWith('opr_') ? subject : '',
  ]);
  const [known, names] = await Promise.all([
    Promise.all([
      people(ctx, subjects('usr_')),
      topups(ctx, subjects('top_')),
      payments(ctx, subjects('pay_')),
      held(ctx, subjects('sus_')),
    ]),
    operatorNames(ctx, [...new Set(operators)].filter(Boolean)),
  ]);
  const about = new Map(known.flat());
  return lines.map((line) => ({
    ...line,
    ...(about.get(line.subject) ?? { personName: undefined, reference: undefined, leadsTo: line.subject }),
    operatorName: names.get(line.subject) ?? names.get(operatorOf(line.actor)),
    amountSatang: amountIn(line),
  }));
}

const operatorOf = (actor: string) => /^operator:(.+)/.exec(actor)?.[1] ?? '';

function amountIn({ detail }: Line): bigint | undefined {
  const text = String(detail.amountSatang ?? '');
  return /^-?\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}

type Known = Promise<[subject: string, About][]>;

async function people(ctx: Context, ids: string[]): Known {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select()
    .from(user)
    .where(inArray(user.id, ids as UserId[])); // any text may be compared
  return rows.map(({ id, displayName }) => [id, { personName: displayName, reference: undefined, leadsTo: id }]);
}

async function topups(ctx: Context, ids: string[]): Known {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({ id: topup.id, reference: topup.reference, name: user.displayName })
    .from(topup)
    .innerJoin(user, eq(user.id, topup.userId))
    .where(inArray(topup.id, ids as TopupId[])); // any text may be compared
  return rows.map(({ id, reference, name }) => [id, { personName: name, reference, leadsTo: id }]);
}

async function payments(ctx: Context, ids: string[]): Known {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({
      id: payment.id,
      reference: payment.reference,
      topupId: payment.topupId,
      name: user.displayName,
      held: suspense.id,
    })
    .from(payment)
    .leftJoin(user, eq(user.id, payment.userId))
    .leftJoin(suspense, eq(suspense.paymentId, payment.id))
    .where(inArray(payment.id, ids));
  return rows.map(({ id, reference, topupId, name, held }) => [
    id,
    { personName: name ?? undefined, reference, leadsTo: held ?? topupId ?? id },
  ]);
}

async function held(ctx: Context, ids: string[]): Known {
  if (ids.length === 0) return [];
  const rows = await ctx.db
    .select({ id: suspense.id, reference: payment.reference, name: user.displayName })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .leftJoin(user, eq(user.id, payment.userId))
    .where(inArray(suspense.id, ids));
  return rows.map(({ id, reference, name }) => [id, { personName: name ?? undefined, reference, leadsTo: id }]);
}

async function operatorNames(ctx: Context, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: operator.id, name: operator.name })
    .from(operator)
    .where(inArray(operator.id, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
