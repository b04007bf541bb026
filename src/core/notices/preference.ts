import { eq } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { bangkokMinuteOfDay, later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { type NoticeGroup, noticeGroups } from './kinds.ts';
import { noticePreference } from './tables.ts';

export interface NoticePreference {
  /** Minutes of the Bangkok day; null when the person may be told at any hour. From 22:00 to 07:00 wraps midnight. */
  quiet: { fromMinute: number; toMinute: number } | null;
  muted: NoticeGroup[];
}

const isGroup = (name: string): name is NoticeGroup => (noticeGroups as readonly string[]).includes(name);

export async function readPreference(ctx: Context, userId: UserId): Promise<NoticePreference> {
  requireSelf(ctx, userId);
  const [row] = await ctx.db.select().from(noticePreference).where(eq(noticePreference.userId, userId));
  if (!row) return { quiet: null, muted: [] };
  const { quietFromMinute: fromMinute, quietToMinute: toMinute } = row;
  return {
    quiet: fromMinute === null || toMinute === null ? null : { fromMinute, toMinute },
    muted: row.muted.filter(isGroup),
  };
}

async function write(ctx: Context, userId: UserId, preference: NoticePreference): Promise<NoticePreference> {
  const values = {
    quietFromMinute: preference.quiet?.fromMinute ?? null,
    quietToMinute: preference.quiet?.toMinute ?? null,
    muted: preference.muted,
  };
  await ctx.db
    .insert(noticePreference)
    .values({ userId, ...values })
    .onConflictDoUpdate({ target: noticePreference.userId, set: values });
  return preference;
}

/** Sets or lifts a person's quiet hours. Refuses `quiet_hours.invalid` for hours that begin when they end. */
export async function setQuietHours(
  ctx: Context,
  input: { userId: UserId; quiet: NoticePreference['quiet'] },
): Promise<NoticePreference> {
  requireSelf(ctx, input.userId);
  const { quiet } = input;
  if (
    quiet &&
    (quiet.fromMinute === quiet.toMinute || [quiet.fromMinute, quiet.toMinute].some((m) => !(m >= 0 && m < 1440)))
  ) {
    fail('quiet_hours.invalid', { text: '' });
  }
  return write(ctx, input.userId, { ...(await readPreference(ctx, input.userId)), quiet });
}

/** Turns one group of notices off or on again. */
export async function muteNotices(
  ctx: Context,
  input: { userId: UserId; group: NoticeGroup; muted: boolean },
): Promise<NoticePreference> {
  requireSelf(ctx, input.userId);
  const before = await readPreference(ctx, input.userId);
  const others = before.muted.filter((group) => group !== input.group);
  return write(ctx, input.userId, { ...before, muted: input.muted ? [...others, input.group] : others });
}

/** When the quiet time that `now` falls into ends; null when it is not quiet. */
export function quietUntil(quiet: NoticePreference['quiet'], now: Date): Date | null {
  if (!quiet) return null;
  const minute = bangkokMinuteOfDay(now);
  const { fromMinute, toMinute } = quiet;
  const inside =
    fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
  if (!inside) return null;
  const start = now.getTime() - (now.getTime() % minutes(1));
  return later(new Date(start), minutes((toMinute - minute + 1440) % 1440));
}
