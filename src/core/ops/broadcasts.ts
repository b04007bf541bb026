import { count, desc, eq, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import { type Broadcast, broadcastWords, lockBroadcast } from '../notices/broadcast.ts';
import { putNotice } from '../notices/notice.ts';
import { broadcast, type NoticeStatus, notice } from '../notices/tables.ts';
import { type Page, pageOf } from './payments.ts';
import { findRecipient } from './recipient.ts';
import { operator } from './tables.ts';

/** A broadcast with the name of the operator who wrote it. */
export type BroadcastRow = { broadcast: Broadcast; operatorName: string | null };

/** How many of its notices stand where. */
export type Progress = Record<NoticeStatus, number>;

const PAGE = 25;
const isAuthor = eq(broadcast.createdBy, sql`'operator:' || ${operator.id}`);

/** Broadcasts, newest first, 25 a page. */
export async function listBroadcasts(ctx: Context, input: { page: number }): Promise<Page<BroadcastRow>> {
  requirePermission(ctx, 'notices.read');
  const rows = await ctx.db
    .select({ broadcast, operatorName: operator.name })
    .from(broadcast)
    .leftJoin(operator, isAuthor)
    .orderBy(desc(broadcast.id))
    .limit(PAGE + 1)
    .offset((input.page - 1) * PAGE);
  return pageOf(rows, input.page);
}

export async function readBroadcast(
  ctx: Context,
  input: { broadcastId: string },
): Promise<BroadcastRow & { progress: Progress }> {
  requirePermission(ctx, 'notices.read');
  const [row] = await ctx.db
    .select({ broadcast, operatorName: operator.name })
    .from(broadcast)
    .leftJoin(operator, isAuthor)
    .where(eq(broadcast.id, input.broadcastId));
  if (!row) fail('broadcast.missing');
  const counted = await ctx.db
    .select({ status: notice.status, n: count() })
    .from(notice)
    .where(eq(notice.broadcastId, row.broadcast.id))
    .groupBy(notice.status);
  const progress: Progress = { waiting: 0, sent: 0, muted: 0, failed: 0, withdrawn: 0 };
  for (const { status, n } of counted) progress[status] = n;
  return { ...row, progress };
}

/**
 * Sends one person the broadcast as it stands, in their language, so that the operator sees it in a chat. It comes at
 * once and although news are turned off; the same `requestKey` again sends nothing more.
 * Refuses `broadcast.stale|nobody_found|many_found`.
 */
export async function testBroadcast(
  ctx: Context,
  input: { broadcastId: string; version: number; to: string; requestKey: string },
): Promise<void> {
  requirePermission(ctx, 'broadcast.send');
  const person = await findRecipient(ctx, { text: input.to });
  await inTransaction(ctx, async (ctx) => {
    const row = await lockBroadcast(ctx, input.broadcastId);
    if (row.version !== input.version) fail('broadcast.stale');
    const isNew = await putNotice(ctx, {
      userId: person.id,
      kind: 'broadcast.test',
      params: { text: broadcastWords(row, person.language) },
      key: `broadcast:${row.id}:test:${input.requestKey}`,
    });
    if (isNew) await writeAudit(ctx, 'broadcast.tested', row.id, { userId: person.id, version: row.version });
  });
}
