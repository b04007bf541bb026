import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import type { User } from '../people/identity.ts';
import { readUser } from '../people/user.ts';
import { assembleGrowth, type Growth } from '../portfolio/growth.ts';
import { assemblePortfolio, type Portfolio } from '../portfolio/portfolio.ts';
import { type Realm, realms } from '../portfolio/rateTable.ts';
import { formatAt, type Language, translate } from '../text/text.ts';
import type { ChartOption } from './charts.ts';

export interface PersonPortfolio {
  user: User;
  portfolio: Portfolio;
  growth: Growth;
}

/** What a person's accounts are worth, from what was last read: an operator's look asks no exchange. */
export async function readPersonPortfolio(
  ctx: Context,
  input: { userId: string; realm?: string | undefined },
): Promise<PersonPortfolio> {
  requirePermission(ctx, 'users.read');
  const user = await readUser(ctx, input.userId as UserId); // any text may be compared
  if (user.mergedInto) fail('user.merged');
  const realm: Realm | undefined = realms.find((one) => one === input.realm);
  const portfolio = await assemblePortfolio(ctx, { userId: user.id, realm });
  const growth = await assembleGrowth(ctx, { userId: user.id, period: '90d', realm: portfolio.realm });
  return { user, portfolio, growth };
}

const MOST_POINTS = 300;

/** Value over time as the panel draws it. Numbers are for drawing alone. */
export function valueChart(language: Language, { curve }: Growth): ChartOption {
  const step = Math.ceil(curve.length / MOST_POINTS);
  const points = curve.filter((_, n) => n % step === 0 || n === curve.length - 1);
  const name = translate(language, 'panel.portfolio_value');
  return {
    animation: false,
    grid: { left: 8, right: 8, top: 16, bottom: 14, containLabel: true },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: {
      type: 'category',
      axisTick: { show: false },
      axisLabel: { hideOverlap: true },
      data: points.map(({ at }) => formatAt(language, at, 'date')),
    },
    yAxis: [{ type: 'value', scale: true, splitNumber: 4 }],
    series: [
      {
        name,
        type: 'line',
        showSymbol: false,
        lineStyle: { width: 2 },
        areaStyle: { opacity: 0.1 },
        data: points.map(({ valueUsdt }) => Number(valueUsdt.toFixed(2))),
      },
    ],
  };
}
