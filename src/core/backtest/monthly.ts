/** A calendar month in UTC, in which equity went from `start` to `end`. */
export interface MonthReturn {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly returnRate: number;
}

export interface YearReturn {
  readonly year: number;
  readonly returnRate: number;
}

/**
 * Returns by calendar month and year, UTC: equity at the last close of each by equity at the last close of the one before;
 * the first begins with the capital. Months compound to their year. A month without candles has no row.
 */
export function monthlyReturns(
  equity: Float64Array,
  time: Float64Array,
  capital: number,
): { months: MonthReturn[]; years: YearReturn[] } {
  const months: MonthReturn[] = [];
  const years: YearReturn[] = [];
  let [monthStart, yearStart] = [capital, capital];
  let [year, month, monthEndMs] = [0, 0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < equity.length; i++) {
    if ((time[i] as number) >= monthEndMs) {
      const here = new Date(time[i] as number); // i is inside, here and below
      [year, month] = [here.getUTCFullYear(), here.getUTCMonth()];
      monthEndMs = Date.UTC(year, month + 1);
    }
    const next = i + 1 < equity.length ? (time[i + 1] as number) : Number.POSITIVE_INFINITY;
    if (next < monthEndMs) continue;
    const now = equity[i] as number;
    months.push({ year, month: month + 1, returnRate: rate(monthStart, now) });
    monthStart = now;
    if (next < Date.UTC(year + 1, 0)) continue;
    years.push({ year, returnRate: rate(yearStart, now) });
    yearStart = now;
  }
  return { months, years };
}

const rate = (start: number, end: number) => (start > 0 ? end / start - 1 : 0);
