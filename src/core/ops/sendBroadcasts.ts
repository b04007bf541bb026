import { and, asc, eq, gt, gte, lt, lte, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { asText } from '../error.ts';
import { firstIdAt, type UserId } from '../id.ts';
import { type Broadcast, endBroadcast, lockBroadcast } from '../notices/broadcast.ts';
import { broadcast, notice } from '../notices/tables.ts';
import { user } from '../people/tables.ts';
import { belongsTo } from './audience.ts';

const MOST_AT_ONCE = 20;
const MOST_ROUNDS = 2_000;

/**
 * Puts the next people of every broadcast into the outbox, as many as its pace allows until the job comes again. Cursor
 * and notices commit together, batch by batch, so that a job that is killed or runs twice at once leaves nobody out and
 * puts nobody twice. `done` counts the broadcasts that have ended.
 */
export async function sendBroadcasts(ctx: Context): Promise<{ put: number; done: number }> {
  requireActor(ctx, 'job');
  const sending = await ctx.db
    .select({ id: broadcast.id })
    .from(broadcast)
    .where(eq(broadcast.status, 'sending'))
    .orderBy(asc(broadcast.id))
    .limit(MOST_AT_ONCE);
  const total = { put: 0, done: 0 };
  for (const { id } of sending) {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { put, next } = await inTransaction(ctx, (ctx) => putBatch(ctx, id));
      total.put += put;
      if (next === 'done') total.done += 1;
      if (next !== 'more') break;
    }
  }
  return total;
}

/** What is to be done after a batch: another one, wait for the next minute, or nothing ever again. */
type Next = 'more' | 'wait' | 'done';

async function putBatch(ctx: TxContext, broadcastId: string): Promise<{ put: number; next: Next }> {
  const row = await lockBroadcast(ctx, broadcastId);
  if (row.status !== 'sending' || !row.startedAt) return { put: 0, next: 'wait' }; // cancelled a moment ago
  const moments = await freeMoments(ctx, row);
  if (moments.length === 0) return { put: 0, next: 'wait' };
  const { people, reached } = await nextPeople(ctx, row, row.startedAt, moments.length);
  if (reached === undefined) return { put: 0, next: (await endBroadcast(ctx, row)) ? 'done' : 'wait' };
  const put = people.length === 0 ? 0 : await putNews(ctx, row, people, moments);
  await ctx.db
    .update(broadcast)
    .set({ reached, notices: row.notices + put })
    .where(eq(broadcast.id, row.id));
  return { put, next: 'more' };
}

const BATCH = 500;
const AHEAD_MS = minutes(1);

/**
 * The moments until the next minute at which one more person may be told, evenly spaced and after the last one that was
 * given away, so that no run adds to the pace of another. Empty while those who are due wait longer than a minute's
 * worth: what is not delivered is not piled up.
 */
async function freeMoments(ctx: TxContext, row: Broadcast): Promise<Date[]> {
  const now = ctx.clock.now();
  const [overdue] = await ctx.db
    .select({ id: notice.id })
    .from(notice)
    .where(and(eq(notice.broadcastId, row.id), eq(notice.status, 'waiting'), lt(notice.dueAt, now)))
    .limit(1)
    .offset(row.perMinute);
  if (overdue) return [];
  // Due times move when a notice is leased or put off; what was planned stays in its parameters.
  const young = gte(notice.id, firstIdAt('ntc', later(now, -2 * AHEAD_MS)));
  const [last] = await ctx.db
    .select({ at: sql<string | null>`max(${notice.params}->>'plannedAt')` })
    .from(notice)
    .where(and(eq(notice.broadcastId, row.id), young));
  const stepMs = minutes(1) / row.perMinute;
  const freeFrom = last?.at ? Math.ceil(Date.parse(last.at) + stepMs) : 0;
  const first = Math.max(now.getTime(), freeFrom);
  const end = now.getTime() + AHEAD_MS;
  const room = Math.min(BATCH, Math.max(0, Math.ceil((end - first) / stepMs)));
  return Array.from({ length: room }, (_, n) => new Date(first + Math.ceil(n * stepMs)));
}

const WINDOW = 2_000;

/**
 * The next people in the order of their ids, and how far one has looked: a narrow segment finds few among many, and each
 * look is bounded. Their rows are locked, so that nobody is joined with somebody else at the same moment. Whoever came
 * after the broadcast was sent is none of them.
 */
async function nextPeople(
  ctx: TxContext,
  row: Broadcast,
  startedAt: Date,
  most: number,
): Promise<{ people: UserId[]; reached: UserId | undefined }> {
  const after = row.reached ?? ('' as UserId); // compared only: the smallest text there is
  const born = firstIdAt('usr', later(startedAt, 1)) as UserId; // compared only
  const window = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(and(gt(user.id, after), lt(user.id, born)))
    .orderBy(asc(user.id))
    .limit(WINDOW);
  const end = window.at(-1)?.id;
  if (end === undefined) return { people: [], reached: undefined };
  const rows = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(and(gt(user.id, after), lte(user.id, end), belongsTo(row.segment, startedAt)))
    .orderBy(asc(user.id))
    .limit(most)
    .for('share', { of: user });
  const people = rows.map(({ id }) => id);
  return { people, reached: people.length === most ? people.at(-1) : end };
}

async function putNews(ctx: TxContext, row: Broadcast, people: UserId[], moments: Date[]): Promise<number> {
  const now = ctx.clock.now();
  const values = people.map((userId, n) => {
    const plannedAt = moments[n] ?? now;
    return {
      id: ctx.newId('ntc'),
      userId,
      kind: 'broadcast.news',
      params: asText({ plannedAt }),
      key: `broadcast:${row.id}:${userId}`,
      status: 'waiting' as const,
      dueAt: plannedAt,
      createdAt: now,
      broadcastId: row.id,
    };
  });
  const put = await ctx.db.insert(notice).values(values).onConflictDoNothing().returning({ id: notice.id });
  return put.length;
}
