import { and, asc, eq } from 'drizzle-orm';
import type { UserId } from '../../src/core/id.ts';
import {
  type Broadcast,
  type BroadcastDraft,
  draftBroadcast,
  startBroadcast,
} from '../../src/core/notices/broadcast.ts';
import { broadcast, type NoticeStatus, notice, type Segment } from '../../src/core/notices/tables.ts';
import { job, operator } from './money.ts';
import type { World } from './world.ts';

export const draft = (more: Partial<BroadcastDraft> = {}): BroadcastDraft => ({
  textTh: 'ปิดปรับปรุงระบบคืนนี้',
  textEn: 'Maintenance tonight',
  segment: {},
  perMinute: 600,
  ...more,
});

export async function drafted(world: World, more: Partial<BroadcastDraft> = {}): Promise<Broadcast> {
  const ctx = world.ctx(operator);
  return draftBroadcast(ctx, { broadcastId: ctx.newId('brc'), draft: draft(more) });
}

/** A broadcast that is being sent. */
export async function started(world: World, perMinute = 600, segment: Segment = {}): Promise<Broadcast> {
  const { id, version } = await drafted(world, { perMinute, segment });
  return startBroadcast(world.ctx(operator), { broadcastId: id, version });
}

export async function reread(world: World, id: string): Promise<Broadcast> {
  const [row] = await world.ctx(job).db.select().from(broadcast).where(eq(broadcast.id, id));
  if (!row) throw new Error('no such broadcast');
  return row;
}

/** The notices of a broadcast in the order in which they were put. */
export const newsOf = (world: World, broadcastId: string, status?: NoticeStatus) =>
  world
    .ctx(job)
    .db.select()
    .from(notice)
    .where(and(eq(notice.broadcastId, broadcastId), status && eq(notice.status, status)))
    .orderBy(asc(notice.id));

export const toldOf = async (world: World, broadcastId: string): Promise<UserId[]> =>
  (await newsOf(world, broadcastId)).map((row) => row.userId);

/** Many people at once, without their chats writing first. */
export async function crowd(world: World, count: number): Promise<UserId[]> {
  const ctx = world.ctx(job);
  const ids = Array.from({ length: count }, () => ctx.newId('usr'));
  const rows = JSON.stringify(ids.map((id, n) => ({ id, subject: `crowd-${id}`, name: `Crowd ${n}` })));
  const now = ctx.clock.now().toISOString();
  await ctx.db.execute(`
    with people as (select * from jsonb_to_recordset('${rows}') as p(id text, subject text, name text)),
    made as (insert into "user" (id, display_name, language, created_at) select id, name, 'en', '${now}' from people)
    insert into identity (id, user_id, provider, subject, display_name, last_seen_at, created_at)
      select 'idn' || substr(id, 4), id, 'local', subject, name, '${now}', '${now}' from people`);
  return ids as UserId[]; // born here
}
