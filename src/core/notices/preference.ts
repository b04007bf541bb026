import { eq } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { bangkokMinuteOfDay, later, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { readSetting } from '../setting.ts';
import { type NoticeGroup, noticeGroups } from './kinds.ts';
import { defaultQuietHours } from './settings.ts';
import { noticePreference } from './tables.ts';

export interface NoticePreference {
  /** Minutes of the Bangkok day; null when the person may be told at any hour. From 22:00 to 07:00 wraps midnight. */
  quiet: { fromMinute: number; toMinute: number } | null;
  muted: NoticeGroup[];
}

const isGroup = (name: string): name is NoticeGroup => (noticeGroups as readonly string[]).includes(name);

/** As it is stored. `unchosen` follows the default, whatever it is at the time; `none` is a choice as well. */
interface Chosen {
  quiet: NonNullable<NoticePreference['quiet']> | 'none' | 'unchosen';
  muted: NoticeGroup[];
}

async function readChosen(ctx: Context, userId: UserId): Promise<Chosen> {
  const [row] = await ctx.db.select().from(noticePreference).where(eq(noticePreference.userId, userId));
  if (!row) return { quiet: 'unchosen', muted: [] };
  const muted = row.muted.filter(isGroup);
  const { quietFromMinute: fromMinute, quietToMinute: toMinute } = row;
  if (fromMinute === null || toMinute === null) return { quiet: 'unchosen', muted };
  return { quiet: fromMinute === toMinute ? 'none' : { fromMinute, toMinute }, muted };
}

/** What holds for a person: their own choice, and the default quiet hours where they have made none. */
export async function readPreference(ctx: Context, userId: UserId): Promise<NoticePreference> {
  requireSelf(ctx, userId);
  const { quiet, muted } = await readChosen(ctx, userId);
  if (quiet !== 'unchosen') return { quiet: quiet === 'none' ? null : quiet, muted };
  const { fromMinute, toMinute } = await readSetting(ctx, defaultQuietHours);
  return { quiet: fromMinute === null || toMinute === null ? null : { fromMinute, toMinute }, muted };
}

/** The columns for each choice; hours that end when they begin are no hours at all. */
function quietColumns(quiet: Chosen['quiet']): { quietFromMinute: number | null; quietToMinute: number | null } {
  if (quiet === 'unchosen') return { quietFromMinute: null, quietToMinute: null };
  if (quiet === 'none') return { quietFromMinute: 0, quietToMinute: 0 };
  return { quietFromMinute: quiet.fromMinute, quietToMinute: quiet.toMinute };
}

async function write(ctx: Context, userId: UserId, { quiet, muted }: Chosen): Promise<NoticePreference> {
  const values = { ...quietColumns(quiet), muted };
  await ctx.db
    .insert(noticePreference)
    .values({ userId, ...values })
    .onConflictDoUpdate({ target: noticePreference.userId, set: values });
  return readPreference(ctx, userId);
}

/** Sets or lifts a person's quiet hours; either is their own choice from then on. Refuses `quiet_hours.invalid` for hours that begin when they end. */
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
  return write(ctx, input.userId, { ...(await readChosen(ctx, input.userId)), quiet: quiet ?? 'none' });
}

/** Turns one group of notices off or on again. */
export async function muteNotices(
  ctx: Context,
  input: { userId: UserId; group: NoticeGroup; muted: boolean },
): Promise<NoticePreference> {
  requireSelf(ctx, input.userId);
  const before = await readChosen(ctx, input.userId);
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
