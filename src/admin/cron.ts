import type { Say } from './visit.ts';

const NUMBER = /^\d{1,2}$/;

/** The usual schedules in words; undefined for one that is better read as it is written. */
export function scheduleWords(say: Say, cron: string): string | undefined {
  const seconds = /^\*\/(\d{1,2}) \* \* \* \* \*$/.exec(cron)?.[1];
  if (seconds) return say('every_seconds', { seconds });
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] = cron.split(' ');
  if (more.length > 0 || month !== '*' || weekday !== '*') return undefined;
  if (hour === '*' && day === '*') {
    const step = /^\*\/(\d{1,2})$/.exec(minute)?.[1];
    if (minute === '*') return say('every_minute');
    if (step) return say('every_minutes', { minutes: step });
    return NUMBER.test(minute) ? say('every_hour', { minute: minute.padStart(2, '0') }) : undefined;
  }
  if (!NUMBER.test(minute) || !NUMBER.test(hour)) return undefined;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (day === '*') return say('every_day', { time });
  return NUMBER.test(day) ? say('every_month', { day, time }) : undefined;
}
