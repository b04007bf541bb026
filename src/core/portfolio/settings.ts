import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { days, minutes } from '../clock.ts';
import type { Context } from '../context.ts';
import { type Setting, settingTable } from '../setting.ts';
import { HOUSE, type Rate } from './rates.ts';

export interface HouseRates {
  /** What one USDT is in baht and in dollars where no market says; nothing where it is empty. */
  usdtInThb: string;
  usdtInUsd: string;
  /** For how long after they were set they count as fresh. */
  validDays: number;
}

const rateText = z.string().refine((text) => text === '' || (/^\d{1,6}(\.\d{1,8})?$/.test(text) && Number(text) > 0), {
  error: 'a rate is a number above zero',
  params: { rule: 'rate' },
});

/** USDT is issued at one dollar; whoever knows better writes it here. */
export const houseRates: Setting<HouseRates> = {
  key: 'portfolio.houseRates',
  schema: z.object({ usdtInThb: rateText, usdtInUsd: rateText, validDays: z.number().int().min(1).max(365) }),
  fallback: { usdtInThb: '', usdtInUsd: '1', validDays: 7 },
};

/** A market's rate older than this is stale: several rounds of asking for it have failed. */
export const RATE_STALE_MS = minutes(15);

/** The operators' own rates. One that nobody has set yet holds from now. */
export async function readHouseRates(ctx: Context): Promise<{ rates: Rate[]; staleMs: number }> {
  const [row] = await ctx.db.select().from(settingTable).where(eq(settingTable.key, houseRates.key));
  const { usdtInThb, usdtInUsd, validDays } = row ? houseRates.schema.parse(row.value) : houseRates.fallback;
  const at = row?.updatedAt ?? ctx.clock.now();
  const rates = [
    { quote: 'THB', price: usdtInThb },
    { quote: 'USD', price: usdtInUsd },
  ]
    .filter(({ price }) => price !== '')
    .map((rate) => ({ source: HOUSE, base: 'USDT', ...rate, at }));
  return { rates, staleMs: days(validDays) };
}
