import { describe, expect, test } from 'vitest';
import { day, timeOfDay } from '../../../src/bot/fields.ts';

describe('fields', () => {
  const parse = <T>(field: { parse(text: string): T }, text: string) => {
    try {
      return field.parse(text);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const about = { name: 'x', label: ['field.on'], hint: ['field.on'] } as const;

  test.each([
    ['2026-11-21', '2026-11-20T17:00:00.000Z'],
    ['21/11/2026', '2026-11-20T17:00:00.000Z'],
    ['21/11/2569', '2026-11-20T17:00:00.000Z'],
    ['2569-11-21', '2026-11-20T17:00:00.000Z'],
    ['๒๑/๑๑/๒๕๖๙', '2026-11-20T17:00:00.000Z'],
    ['1.2.2569', '2026-01-31T17:00:00.000Z'],
    ['29/02/2567', '2024-02-28T17:00:00.000Z'],
    ['29/02/2569', 'date.invalid'],
    ['31/04/2026', 'date.invalid'],
    ['21/11/69', 'date.invalid'],
    ['21-11-2026', 'date.invalid'],
    ['0020-01-01', 'date.invalid'],
    ['9999-01-01', '9455-12-31T17:00:00.000Z'],
    ['tomorrow', 'date.invalid'],
    ['', 'date.invalid'],
  ])('the day %s', (text, expected) => {
    const found = parse(day(about), text);
    expect(found instanceof Date ? found.toISOString() : found).toBe(expected);
  });

  test.each([
    ['22:00', 1320],
    ['7.05', 425],
    ['๐๐:๐๐', 0],
    ['23:59', 1439],
    ['24:00', 'quiet_hours.invalid'],
    ['12:60', 'quiet_hours.invalid'],
    ['12', 'quiet_hours.invalid'],
    ['-1:00', 'quiet_hours.invalid'],
    ['', 'quiet_hours.invalid'],
  ])('the time %s', (text, expected) => {
    expect(parse(timeOfDay(about), text)).toBe(expected);
  });
});
