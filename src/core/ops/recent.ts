import { and, desc, gt, inArray, type SQL, sql } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { auditEntry } from '../audit.ts';
import type { Context } from '../context.ts';
import { operatorAlert } from '../notices/tables.ts';
import { describeEvents, type RecentEvent } from './recentAbout.ts';
import { actionsFor, alertLines, auditLines, newestFirst } from './recentKinds.ts';
import { advance, beginTail, markOf, skipTo, type Tail } from './tail.ts';

/** How far both lists, the audit and the alerts, were read: nothing can appear any more at or below these numbers. */
export interface Mark {
  audit: bigint;
  alert: bigint;
}

export const writeMark = ({ audit, alert }: Mark) => `${audit}.${alert}`;

export function parseMark(text: string): Mark | undefined {
  const [, audit, alert] = /^(\d{1,18})\.(\d{1,18})$/.exec(text) ?? [];
  return audit && alert ? { audit: BigInt(audit), alert: BigInt(alert) } : undefined;
}

const MOST_SHOWN = 20;
/** So far back is looked for something to tell: a million lines of no interest must not be walked through. */
const MOST_LOOKED_AT = 2_000;

/**
 * The newest events that the operator may see, newest first, at most 20, and the mark to go on from. With `after` only
 * what came since that mark.
 */
export async function listRecent(
  ctx: Context,
  input: { after?: Mark | undefined } = {},
): Promise<{ events: RecentEvent[]; mark: Mark }> {
  const { role } = requirePermission(ctx, 'dashboard.read');
  const { after } = input;
  // The mark before the lists: what appears between the two is told twice rather than not at all.
  const reading = await beginReading(ctx);
  const newest = ctx.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(MOST_LOOKED_AT).as('newest');
  const [rows, alerts] = await Promise.all([
    ctx.db
      .select()
      .from(newest)
      .where(and(inArray(newest.action, actionsFor(role)), after && gt(newest.seq, after.audit)))
      .orderBy(desc(newest.seq))
      .limit(MOST_SHOWN),
    ctx.db
      .select()
      .from(operatorAlert)
      .where(after && gt(operatorAlert.id, Number(after.alert)))
      .orderBy(desc(operatorAlert.id))
      .limit(MOST_SHOWN),
  ]);
  const lines = [...auditLines(rows), ...alertLines(alerts)].sort(newestFirst).slice(0, MOST_SHOWN);
  return { events: await describeEvents(ctx, lines), mark: markOfReading(reading) };
}

/** Where a reader of both lists stands. */
export interface Reading {
  audit: Tail;
  alert: Tail;
}

export const markOfReading = ({ audit, alert }: Reading): Mark => ({ audit: markOf(audit), alert: markOf(alert) });

const NEWEST = 200;

/** Stands at the end of both lists. */
async function beginReading(ctx: Context): Promise<Reading> {
  const [audit, alert] = await Promise.all([
    ctx.db.select({ seq: auditEntry.seq }).from(auditEntry).orderBy(desc(auditEntry.seq)).limit(NEWEST),
    ctx.db.select({ id: operatorAlert.id }).from(operatorAlert).orderBy(desc(operatorAlert.id)).limit(NEWEST),
  ]);
  const nowMs = ctx.clock.now().getTime();
  const lines = audit.map(({ seq }) => seq);
  const alerts = alert.map(({ id }) => BigInt(id));
  return { audit: beginTail(lines, nowMs), alert: beginTail(alerts, nowMs) };
}

const FLOOD = 500;

/**
 * What appeared since the last reading, oldest first, for everybody: whoever hands it on asks `seesKind` for each of
 * their readers. Without a reading it begins at the end. Of a flood the newest lines are told and the rest is left out.
 */
export async function readOn(
  ctx: Context,
  reading: Reading | undefined,
): Promise<{ events: RecentEvent[]; reading: Reading }> {
  requireActor(ctx, 'job');
  if (!reading) return { events: [], reading: await beginReading(ctx) };
  const nowMs = ctx.clock.now().getTime();
  const audit = async (where: SQL) =>
    ctx.db.select().from(auditEntry).where(where).orderBy(desc(auditEntry.seq)).limit(FLOOD);
  const alert = async (where: SQL) =>
    ctx.db.select().from(operatorAlert).where(where).orderBy(desc(operatorAlert.id)).limit(FLOOD);
  const [lines, alerts] = await Promise.all([
    newIn(sql`${auditEntry.seq}`, reading.audit, audit),
    newIn(sql`${operatorAlert.id}`, reading.alert, alert),
  ]);
  const next = (tail: Tail, numbers: bigint[]) =>
    numbers.length < FLOOD ? advance(tail, numbers, nowMs) : skipTo(numbers);
  const told = [...auditLines(lines), ...alertLines(alerts)].sort(newestFirst).reverse();
  return {
    events: await describeEvents(ctx, told),
    reading: {
      audit: next(
        reading.audit,
        lines.map((row) => row.seq),
      ),
      alert: next(
        reading.alert,
        alerts.map((row) => BigInt(row.id)),
      ),
    },
  };
}

/** Rows above the last number, and those of the missing numbers that have appeared. */
async function newIn<Row>(column: SQL, tail: Tail, select: (where: SQL) => Promise<Row[]>): Promise<Row[]> {
  const newer = await select(sql`${column} > ${String(tail.last)}::bigint`);
  if (tail.holes.size === 0) return newer;
  // The numbers as one text, so that the statement is the same whatever their number.
  const holes = JSON.stringify([...tail.holes.keys()].map(String));
  const late = await select(sql`${column} in (select value::bigint from jsonb_array_elements_text(${holes}::jsonb))`);
  return [...newer, ...late];
}
