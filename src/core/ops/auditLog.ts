import { and, asc, desc, eq, gt, gte, ilike, inArray, like, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { auditEntry } from '../audit.ts';
import { later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import { user } from '../people/tables.ts';
import { BATCH, inBatches } from './batches.ts';
import { containing } from './payments.ts';
import type { Span } from './span.ts';
import { operator } from './tables.ts';

export type AuditLine = typeof auditEntry.$inferSelect;

/** Names of operators by their ids. */
export type OperatorNames = ReadonlyMap<string, string>;

export interface AuditFilter extends Span {
  /** As audit lines name them: `operator:opr_…`, `user:usr_…`, `job:…`. An empty list matches nothing. */
  actors?: readonly string[] | undefined;
  /** The beginning of an action: `topup`, `operator.role`. */
  action?: string | undefined;
  subject?: string | undefined;
}

const PAGE = 50;
const MOST_FOUND = 50;

/**
 * Who may be meant by what an operator typed: an actor as the lines write it, an id, the name of a job or gateway, or
 * part of the name of an operator or person. `isCut` says that more people bear that name than can be looked for.
 */
export async function findActors(ctx: Context, input: { text: string }): Promise<{ actors: string[]; isCut: boolean }> {
  requirePermission(ctx, 'audit.read');
  const text = input.text.trim();
  if (/^(operator|user|gateway|chat|panel|job):/.test(text)) return { actors: [text], isCut: false };
  if (/^(opr|usr)_/.test(text)) return { actors: [`operator:${text}`, `user:${text}`], isCut: false };
  const pattern = containing(text);
  const operators = await ctx.db
    .select({ id: operator.id })
    .from(operator)
    .where(or(ilike(operator.name, pattern), ilike(operator.email, pattern)))
    .limit(MOST_FOUND);
  const people = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(sql`lower(${user.displayName}) like lower(${pattern})`)
    .limit(MOST_FOUND);
  const named = ['job', 'gateway', 'chat', 'panel'].map((kind) => `${kind}:${text}`);
  return {
    actors: [...named, ...operators.map(({ id }) => `operator:${id}`), ...people.map(({ id }) => `user:${id}`)],
    isCut: people.length === MOST_FOUND,
  };
}

/** Audit lines, newest first, 50 at a time, with the names of the operators in them. */
export async function listAudit(
  ctx: Context,
  filter: AuditFilter & { /** Goes on behind this line. */ before?: bigint | undefined },
): Promise<{ lines: AuditLine[]; names: OperatorNames; next: bigint | undefined }> {
  requirePermission(ctx, 'audit.read');
  const { before } = filter;
  const rows = await ctx.db
    .select()
    .from(auditEntry)
    .where(and(await matching(ctx, filter), before === undefined ? undefined : lt(auditEntry.seq, before)))
    .orderBy(desc(auditEntry.seq))
    .limit(PAGE + 1);
  const lines = rows.slice(0, PAGE);
  return { lines, names: await namesIn(ctx, lines), next: rows.length > PAGE ? lines.at(-1)?.seq : undefined };
}

/** One audit line; undefined when there is none with this number. */
export async function readAuditLine(
  ctx: Context,
  input: { seq: bigint },
): Promise<{ line: AuditLine; names: OperatorNames } | undefined> {
  requirePermission(ctx, 'audit.read');
  const [line] = await ctx.db.select().from(auditEntry).where(eq(auditEntry.seq, input.seq));
  return line && { line, names: await namesIn(ctx, [line]) };
}

/** The whole log or what a filter leaves of it, oldest first, up to the newest line there is when it begins. */
export function exportAudit(
  ctx: Context,
  filter: AuditFilter,
): AsyncGenerator<{ lines: AuditLine[]; names: OperatorNames }, void, void> {
  requirePermission(ctx, 'audit.read');
  return walkAudit(ctx, filter);
}

async function* walkAudit(ctx: Context, filter: AuditFilter) {
  const [newest] = await ctx.db.select({ seq: auditEntry.seq }).from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
  if (!newest) return;
  const where = and(await matching(ctx, filter), lte(auditEntry.seq, newest.seq));
  const batches = inBatches<AuditLine>((after) =>
    ctx.db
      .select()
      .from(auditEntry)
      .where(and(where, after && gt(auditEntry.seq, after.seq)))
      .orderBy(asc(auditEntry.seq))
      .limit(BATCH),
  );
  for await (const lines of batches) yield { lines, names: await namesIn(ctx, lines) };
}

async function matching(ctx: Context, filter: AuditFilter): Promise<SQL | undefined> {
  const { actors, action, subject, from, until } = filter;
  return and(
    actors && inArray(auditEntry.actor, [...actors]),
    action ? like(auditEntry.action, `${action.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
    subject ? eq(auditEntry.subject, subject) : undefined,
    from && gte(auditEntry.at, from),
    until && lt(auditEntry.at, until),
    from && gte(auditEntry.seq, await seqAround(ctx, later(from, -SLACK_MS), 'before')),
    until && lte(auditEntry.seq, await seqAround(ctx, later(until, SLACK_MS), 'after')),
  );
}

/** Lines are numbered when they are inserted and dated a little before; clocks of several instances differ as well. */
const SLACK_MS = minutes(60);
/** Fewer lines than this are not worth halving. */
const NEAR = 10_000n;

/**
 * A number that lies before, or after, every line of around that moment. The log is in order of time, so halving its
 * numbers finds a day through the primary key. The middle one of three lines decides: one whose moment was falsified
 * leads nobody astray.
 */
async function seqAround(ctx: Context, moment: Date, side: 'before' | 'after'): Promise<bigint> {
  const [ends] = await ctx.db
    .select({
      low: sql<string>`coalesce(min(${auditEntry.seq}), 0)`,
      high: sql<string>`coalesce(max(${auditEntry.seq}), 0)`,
    })
    .from(auditEntry);
  let [low, high] = [BigInt(ends?.low ?? 0), BigInt(ends?.high ?? 0)];
  while (high - low > NEAR) {
    const middle = (low + high) / 2n;
    const seen = await ctx.db
      .select({ at: auditEntry.at })
      .from(auditEntry)
      .where(gte(auditEntry.seq, middle))
      .orderBy(asc(auditEntry.seq))
      .limit(3);
    const moments = seen.map((row) => row.at.getTime()).filter((ms) => !Number.isNaN(ms));
    const [first, second] = moments.sort((a, b) => a - b);
    if ((second ?? first ?? Number.POSITIVE_INFINITY) < moment.getTime()) low = middle;
    else high = middle;
  }
  return side === 'before' ? low : high;
}

/** Operators are named wherever their id stands: as actor, as subject, in the details. */
export async function namesIn(ctx: Context, lines: readonly AuditLine[]): Promise<OperatorNames> {
  const texts = lines.flatMap(({ actor, subject, detail }) => [actor, subject, ...Object.values(detail ?? {})]);
  const ids = new Set(texts.flatMap((text) => /^(?:operator:)?(opr_\w+)$/.exec(String(text))?.[1] ?? []));
  if (ids.size === 0) return new Map();
  const rows = await ctx.db
    .select({ id: operator.id, name: operator.name })
    .from(operator)
    .where(inArray(operator.id, [...ids]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
