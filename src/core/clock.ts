/** Where core gets the time from, so that a test can turn it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const seconds = (n: number) => n * 1000;
export const minutes = (n: number) => n * 60_000;
export const hours = (n: number) => n * 3_600_000;
export const days = (n: number) => n * 86_400_000;

export const later = (from: Date, ms: number) => new Date(from.getTime() + ms);

/** How far clocks in Bangkok are ahead of UTC. */
export const BANGKOK_OFFSET_MS = hours(7); // Thailand has kept UTC+7 without daylight saving since 1920

/** Minutes since midnight in Bangkok, 0 to 1439. */
export function bangkokMinuteOfDay(at: Date): number {
  return Math.floor((at.getTime() + BANGKOK_OFFSET_MS) / 60_000) % 1440;
}

/** The moment a Bangkok calendar day begins. `day` is `YYYY-MM-DD`; undefined when there is no such day. */
export function bangkokDayStart(day: string): Date | undefined {
  const at = new Date(`${day}T00:00:00+07:00`);
  if (Number.isNaN(at.getTime()) || bangkokDay(at) !== day) return undefined;
  return at;
}

/** The Bangkok calendar day a moment falls on, as `YYYY-MM-DD`. */
export function bangkokDay(at: Date): string {
  return new Date(at.getTime() + BANGKOK_OFFSET_MS).toISOString().slice(0, 10);
}

/** What a clock on a wall in Bangkok shows, as `YYYY-MM-DD HH:MM:SS`, for files; empty for what is no moment. */
export function bangkokSecond(at: Date): string {
  const ms = bangkokWallMs(at);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** Milliseconds since 1970-01-01 00:00 on that same clock: for formats that know no time zones. */
export const bangkokWallMs = (at: Date) => at.getTime() + BANGKOK_OFFSET_MS;
