import { formatBaht } from '../../core/amount.ts';
import type { Chart } from '../../core/chart.ts';
import type { Decimal } from '../../core/decimal.ts';
import { asAmount, asPercent, asProfit } from '../../core/portfolio/format.ts';
import type { Growth } from '../../core/portfolio/growth.ts';
import { type PortfolioPicture, portfolioPicture } from '../../core/portfolio/picture.ts';
import type { Portfolio } from '../../core/portfolio/portfolio.ts';
import { sum } from '../../core/portfolio/valuation.ts';
import { formatAt, type Language, translate } from '../../core/text/text.ts';

const MOST_SLICES = 6;
/** More points than the picture has pixels show nothing more. */
const MOST_POINTS = 600;

/** What a portfolio is made of: its most valuable assets and positions, and the rest together. */
function allocationOf(language: Language, { positions, dust }: Portfolio): PortfolioPicture['allocation'] {
  const held = positions.flatMap(({ symbol, valueUsdt }) => (valueUsdt ? [{ label: symbol, value: valueUsdt }] : []));
  const rest = sum(held.slice(MOST_SLICES).map(({ value }) => value)).plus(dust.valueUsdt);
  const all = [
    ...held.slice(0, MOST_SLICES),
    ...(rest.gt(0) ? [{ label: translate(language, 'portfolio.rest'), value: rest }] : []),
  ];
  const whole = sum(all.map(({ value }) => value));
  return all
    .filter(({ value }) => value.gt(0))
    .map(({ label, value }) => ({ label, value: value.toNumber(), share: asPercent(value.div(whole).toNumber()) }));
}

const toneOf = (value: Decimal): 'good' | 'bad' | undefined =>
  value.isZero() ? undefined : value.isNegative() ? 'bad' : 'good';

/** The picture under a portfolio. */
export function portfolioChart(language: Language, portfolio: Portfolio, { curve, period }: Growth): Chart {
  const say = (key: string, params = {}) => translate(language, key, params);
  const { worth, unrealisedUsdt, realisedUsdt, realm, at } = portfolio;
  const profit = (label: string, value: Decimal) => ({ label, value: asProfit(value), tone: toneOf(value) });
  const step = Math.ceil(curve.length / MOST_POINTS);
  return portfolioPicture({
    title: say('portfolio.title', { realm }),
    subtitle: say('portfolio.picture_subtitle', { at, period: `p${period}` }),
    figures: [
      ...(worth.thbSatang === null ? [] : [{ label: say('portfolio.total_thb'), value: formatBaht(worth.thbSatang) }]),
      { label: say('portfolio.picture_usdt'), value: asAmount(worth.usdt) },
      profit(say('portfolio.picture_unrealised'), unrealisedUsdt),
      profit(say('portfolio.picture_realised'), realisedUsdt),
    ],
    words: {
      allocation: say('portfolio.picture_allocation'),
      value: say('portfolio.picture_value'),
      none: say('portfolio.picture_none'),
    },
    allocation: allocationOf(language, portfolio),
    curve: curve
      .filter((_, n) => n % step === 0 || n === curve.length - 1)
      .map((point) => ({ ms: point.at.getTime(), value: Number(point.valueUsdt.toFixed(2)) })),
    day: (ms) => formatAt(language, new Date(ms), 'date'),
  });
}
