import type { Sizing } from '../strategy/desk.ts';

/** How a run trades, whatever its strategy. Rates are fractions: 0.001 is 0.1 %. */
export interface RunSettings {
  /** Money at the start, in the quote currency. */
  readonly capital: number;
  /** Of the traded value, on each side. */
  readonly feeRate: number;
  /** Worsens every fill but that of a limit order, on each side. */
  readonly slippageRate: number;
  /** For entries that do not say how much. */
  readonly sizing: Sizing;
  readonly shorting: boolean;
  /** Traded value for each unit of margin. At 1 a long position cannot be liquidated; a short one can. */
  readonly leverage: number;
  /** Share of a position's value at which an exchange takes it over. */
  readonly maintenanceMarginRate: number;
  /** These three are fractions of the entry price, from the entry candle on; 0 is none. */
  readonly stopLossRate: number;
  readonly takeProfitRate: number;
  readonly trailingStopRate: number;
  /** What the trailing stop is a fraction of: the entry price, so that it keeps its distance, or the best price since. */
  readonly trailingStopOf: 'entry' | 'best';
  /** Candles that every order comes too late, to see what that costs. */
  readonly delayCandles: number;
  /** Index of the first candle at which a strategy may decide; its warm-up holds as well. */
  readonly firstIndex: number;
  /** Sells what is open at the last close, with fee and slippage, instead of marking it. */
  readonly closeAtEnd: boolean;
}

export const defaultSettings: RunSettings = {
  capital: 10_000,
  feeRate: 0.001,
  slippageRate: 0,
  sizing: { kind: 'all' },
  shorting: false,
  leverage: 1,
  maintenanceMarginRate: 0.005,
  stopLossRate: 0,
  takeProfitRate: 0,
  trailingStopRate: 0,
  trailingStopOf: 'entry',
  delayCandles: 0,
  firstIndex: 0,
  closeAtEnd: false,
};

/** What is wrong with one setting: the words for it are `strategy-setting-<code>`. */
export interface SettingProblem {
  readonly setting: string;
  readonly code: 'out_of_bounds' | 'needs_stop';
  readonly min: number;
  readonly max: number;
}

/** Less than this is no money to trade with. */
export const LEAST_CAPITAL = 1e-6;

/** The least and the most of every number, and whether it has to be whole. */
const BOUNDS: Record<string, readonly [min: number, max: number, whole?: 'whole']> = {
  capital: [LEAST_CAPITAL, 1e15],
  feeRate: [0, 0.1],
  slippageRate: [0, 0.1],
  leverage: [1, 125],
  maintenanceMarginRate: [0, 0.5],
  stopLossRate: [0, 0.999],
  takeProfitRate: [0, 1000],
  trailingStopRate: [0, 0.999],
  delayCandles: [0, 1000, 'whole'],
  firstIndex: [0, 1e9, 'whole'],
};

const SIZES: Record<Exclude<Sizing['kind'], 'all'>, readonly [field: string, min: number, max: number]> = {
  fraction: ['fraction', 1e-6, 1],
  quote: ['amount', 1e-6, 1e15],
  risk: ['rate', 1e-6, 1],
  qty: ['qty', 1e-12, 1e15],
};

/** Everything that is wrong with settings; none, and a run takes them. */
export function settingProblems(settings: RunSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const check = (setting: string, value: unknown, min: number, max: number, whole: boolean) => {
    const sound = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (!sound) problems.push({ setting, code: 'out_of_bounds', min, max });
  };
  const values: Record<string, unknown> = { ...settings };
  for (const [setting, [min, max, whole]] of Object.entries(BOUNDS))
    check(setting, values[setting], min, max, whole === 'whole');
  const { sizing, leverage, maintenanceMarginRate } = settings;
  if (sizing.kind !== 'all') {
    const [field, min, max] = SIZES[sizing.kind];
    check('sizing', (sizing as Record<string, unknown>)[field], min, max, false); // every kind has its one field
  }
  if (sizing.kind === 'risk' && settings.stopLossRate === 0 && settings.trailingStopRate === 0)
    problems.push({ setting: 'sizing', code: 'needs_stop', min: 0, max: 0 });
  if (leverage > 1 && maintenanceMarginRate >= 1 / leverage)
    problems.push({ setting: 'maintenanceMarginRate', code: 'out_of_bounds', min: 0, max: 1 / leverage });
  return problems;
}
