import { and, desc, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { firstIdAt } from '../id.ts';
import { broadcastWords } from '../notices/broadcast.ts';
import type { Notice } from '../notices/notice.ts';
import { broadcast, type NoticeStatus, notice } from '../notices/tables.ts';
import { noticeWords } from '../notices/words.ts';
import type { Identity, User } from '../people/identity.ts';
import { identity, user } from '../people/tables.ts';
import { MOST_PEOPLE, peopleNamed } from './recipient.ts';

export interface NoticeFilter {
  status?: NoticeStatus | undefined;
  kind?: string | undefined;
  broadcastId?: string | undefined;
  /** A person's id, or part of a name. */
  person?: string | undefined;
  from?: Date | undefined;
  /** The moment after the last. */
  until?: Date | undefined;
  /** Goes on after this notice. */
  before?: string | undefined;
}

export interface NoticePage {
  items: { notice: Notice; user: User }[];
  /** Where the next page goes on; there may be nothing on it when a state is rare and the list long. */
  next: string | undefined;
  /** More people have this name than were looked for. */
  crowded: boolean;
}

const PAGE = 25;
/** A state is looked for among so many at a time. */
const LOOK = 20_000;
const MOST_GATHERED = 1_000_000;

/** What was sent to whom, newest first, 25 at a time. */
export async function listNotices(ctx: Context, filter: NoticeFilter): Promise<NoticePage> {
  requirePermission(ctx, 'notices.read');
  const { kind, broadcastId, from, until, before } = filter;
  const people = filter.person ? await peopleNamed(ctx, filter.person.trim()) : undefined;
  if (people?.length === 0) return { items: [], next: undefined, crowded: false };
  const meant = people?.slice(0, MOST_PEOPLE);
  const { ids, next } = await findIds(
    ctx,
    filter,
    and(
      kind ? eq(notice.kind, kind) : undefined,
      broadcastId ? eq(notice.broadcastId, broadcastId) : undefined,
      meant && inArray(notice.userId, meant),
      from && gte(notice.id, firstIdAt('ntc', from)),
      until && lt(notice.id, firstIdAt('ntc', until)),
      before ? lt(notice.id, before) : undefined,
    ),
  );
  const items =
    ids.length === 0
      ? []
      : await ctx.db
          .select({ notice, user })
          .from(notice)
          .innerJoin(user, eq(user.id, notice.userId))
          .where(inArray(notice.id, ids))
          .orderBy(desc(notice.id));
  return { items, next, crowded: (people?.length ?? 0) > MOST_PEOPLE };
}

type Found = { ids: string[]; next: string | undefined };

/**
 * The ids of one page. What waits, what failed and what belongs to a broadcast have indexes of their own, and what is
 * wanted in any state is found at once; another state is looked for in stretches of the list, so that a rare one costs no
 * walk through all of it.
 */
async function findIds(ctx: Context, filter: NoticeFilter, wanted: SQL | undefined): Promise<Found> {
  const { status, broadcastId } = filter;
  const all = () => ctx.db.select({ id: notice.id, status: notice.status }).from(notice);
  const newest = desc(notice.id);
  const inState = status && eq(notice.status, status);
  if (status === 'waiting' || broadcastId) {
    // Gathered before it is sorted: otherwise PostgreSQL may walk the whole list backwards in search of these few.
    const few = all().where(and(inState, wanted)).limit(MOST_GATHERED).as('few');
    const rows = ctx.db.select({ id: few.id }).from(few).orderBy(desc(few.id));
    return pageOf(await rows.limit(PAGE + 1));
  }
  if (status === undefined || status === 'failed') {
    const rows = all().where(and(inState, wanted)).orderBy(newest);
    return pageOf(await rows.limit(PAGE + 1));
  }
  const stretch = all().where(wanted).orderBy(newest).limit(LOOK).as('stretch');
  const rows = await ctx.db
    .select({ id: stretch.id })
    .from(stretch)
    .where(eq(stretch.status, status))
    .orderBy(desc(stretch.id))
    .limit(PAGE + 1);
  if (rows.length > PAGE) return pageOf(rows);
  const ends = all().where(wanted).orderBy(newest).limit(1);
  const [last] = await ends.offset(LOOK - 1);
  return { ...pageOf(rows), next: last?.id };
}

const pageOf = (rows: { id: string }[]): Found => ({
  ids: rows.slice(0, PAGE).map(({ id }) => id),
  next: rows.length > PAGE ? rows[PAGE - 1]?.id : undefined,
});

export interface NoticeStory {
  notice: Notice;
  user: User;
  /** The chat that took it, as long as it is known. */
  sentTo: Identity | null;
  /** As the person reads it, in their language; undefined where this version has no words for it. */
  words: string | undefined;
}

/** One notice, with its words and the chat that took it. */
export async function readNotice(ctx: Context, input: { noticeId: string }): Promise<NoticeStory> {
  requirePermission(ctx, 'notices.read');
  const [row] = await ctx.db
    .select({ notice, user, sentTo: identity, from: broadcast })
    .from(notice)
    .innerJoin(user, eq(user.id, notice.userId))
    .leftJoin(identity, eq(identity.id, notice.sentTo))
    .leftJoin(broadcast, eq(broadcast.id, notice.broadcastId))
    .where(eq(notice.id, input.noticeId));
  if (!row) fail('notice.missing');
  const { from, ...story } = row;
  const { language } = row.user;
  const params = from ? { ...row.notice.params, text: broadcastWords(from, language) } : row.notice.params;
  return { ...story, words: noticeWords(language, { kind: row.notice.kind, params }) };
}
