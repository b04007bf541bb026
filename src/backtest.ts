import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type RunInput, runBacktest } from './core/backtest/engine.ts';
import { type Finding, honesty } from './core/backtest/honesty.ts';
import { type RunReport, runReport } from './core/backtest/report.ts';
import { defaultSettings, type RunSettings, settingProblems } from './core/backtest/settings.ts';
import type { Params as TextParams } from './core/error.ts';
import { type CsvProblem, parseCandles } from './core/market/csv.ts';
import { firstOutsideRange } from './core/market/fault.ts';
import { paramsOf, type StrategyDefinition } from './core/strategy/definition.ts';
import type { ParamProblem } from './core/strategy/params.ts';
import { findStrategy, nearestStrategy, strategies } from './core/strategy/strategies.ts';
import { translate } from './core/text/text.ts';
import { exitCodes, Refused } from './refused.ts';

/** `npm run backtest -- …`: a strategy over candles from a file, without a database. */

const USAGE = `npm run backtest -- --csv FILE --strategy NAME [--param k=v]… [--fee 0.001] [--slippage 0] [--capital 10000]
  [--stop-loss 0.02] [--take-profit 0.04] [--trailing-stop 0.03] [--check] [--json]
Fractions, not percent; the three stops are fractions of the entry price. --check looks whether the result can be believed.
Strategies: ${strategies.map(({ name, params }) => `${name} {${Object.keys(params).join(', ')}}`).join(' · ')}`;

const options = {
  csv: { type: 'string' },
  strategy: { type: 'string' },
  param: { type: 'string', multiple: true },
  fee: { type: 'string' },
  slippage: { type: 'string' },
  capital: { type: 'string' },
  'stop-loss': { type: 'string' },
  'take-profit': { type: 'string' },
  'trailing-stop': { type: 'string' },
  check: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

/** Which setting a number on the command line is. */
const settingOptions = {
  fee: 'feeRate',
  slippage: 'slippageRate',
  capital: 'capital',
  'stop-loss': 'stopLossRate',
  'take-profit': 'takeProfitRate',
  'trailing-stop': 'trailingStopRate',
} as const satisfies Partial<Record<keyof typeof options, keyof RunSettings>>;

const say = (key: string, params: TextParams = {}) => translate('en', `strategy-${key}`, params);

/** Line numbers are names, not quantities: no thousands separators. */
const csvWords = ({ line, ...problem }: CsvProblem) => say(`csv-${problem.code}`, { line: String(line), ...problem });

const plain = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const none = () => say('metric-none');
const money = (value: number | null) => (value === null ? none() : plain.format(value));
const percent = (value: number | null) => (value === null ? none() : `${plain.format(value)} %`);
const count = (value: number) => String(value);

try {
  main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

function main(): void {
  const values = readOptions();
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  if (!values.csv || !values.strategy) throw new Refused(exitCodes.usage, [USAGE]);
  const strategy = findStrategy(values.strategy);
  if (!strategy) throw new Refused(exitCodes.usage, [unknownStrategy(values.strategy)]);
  const params = readParams(strategy, values.param ?? []);
  const settings = readSettings(values);
  const candles = readCandles(values.csv);
  const input: RunInput = { candles, strategy, params, settings };
  const result = runBacktest(input);
  const report = runReport(strategy, result, candles);
  const findings = values.check ? honesty(input, result) : [];
  const checked = values.check ? { findings: findings.map(({ numbers, ...about }) => ({ ...about, ...numbers })) } : {};
  const out = values.json ? JSON.stringify({ ...report, ...checked }) : inWords(report, findings);
  process.stdout.write(`${out}\n`);
}

function readOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refused(exitCodes.usage, [error instanceof Error ? error.message : String(error), USAGE]);
  }
}

function unknownStrategy(name: string): string {
  const nearest = nearestStrategy(name);
  const choices = strategies.map((strategy) => strategy.name).join(', ');
  return nearest ? say('unknown-nearest', { name, nearest, choices }) : say('unknown', { name, choices });
}

function readParams(strategy: StrategyDefinition, given: readonly string[]) {
  const pairs = given.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new Refused(exitCodes.usage, [`--param ${text}: write it as name=value`]);
    return [text.slice(0, at).trim(), text.slice(at + 1)];
  });
  const { params, problems } = paramsOf(strategy, Object.fromEntries(pairs));
  if (problems.length > 0)
    throw new Refused(
      exitCodes.usage,
      problems.map((problem) => paramWords(strategy, problem)),
    );
  return params;
}

function paramWords(strategy: StrategyDefinition, problem: ParamProblem): string {
  const choices = Object.keys(strategy.params).join(', ');
  const { code } = problem;
  return say(code === 'unknown' && problem.nearest ? 'problem-unknown-nearest' : `problem-${code}`, {
    choices,
    ...problem,
  });
}

function readSettings(values: ReturnType<typeof readOptions>): RunSettings {
  const given: Record<string, number> = {};
  for (const [option, setting] of Object.entries(settingOptions)) {
    const text = values[option as keyof typeof settingOptions]; // its keys are options
    if (text === undefined) continue;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isNaN(value))
      throw new Refused(exitCodes.usage, [say('problem-not_a_number', { param: `--${option}`, given: text })]);
    given[setting] = value;
  }
  const settings = { ...defaultSettings, ...given };
  const problems = settingProblems(settings);
  const optionOf = (name: string) => Object.entries(settingOptions).find(([, setting]) => setting === name)?.[0];
  if (problems.length > 0)
    throw new Refused(
      exitCodes.usage,
      problems.map(({ setting, code, min, max }) =>
        say(`setting-${code}`, { setting: `--${optionOf(setting) ?? setting}`, min, max }),
      ),
    );
  return settings;
}

function readCandles(path: string) {
  const { candles, problems } = parseCandles(readBytes(path));
  if (problems.length > 0) throw new Refused(exitCodes.wrongData, [`${path}:`, ...problems.map(csvWords)]);
  const outside = firstOutsideRange(candles);
  if (outside >= 0) process.stderr.write(`${say('csv-outside_range', { line: outside + 2 })}\n`);
  return candles;
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Refused(exitCodes.noInput, [
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

function inWords(report: RunReport, findings: readonly Finding[]): string {
  const [from, to] = [report.from, report.to].map((at) => (at ?? '').slice(0, 16).replace('T', ' '));
  const rows: [key: string, value: string][] = [
    ['finalEquity', money(report.final_equity)],
    ['totalReturnRate', percent(report.total_return_pct)],
    ['buyAndHold', percent(report.buy_and_hold_pct)],
    ['cagr', percent(report.cagr_pct)],
    ['maxDrawdown', percent(report.max_drawdown_pct)],
    ['longestDrawdown', money(report.max_drawdown_days)],
    ['sharpe', money(report.sharpe)],
    ['sortino', money(report.sortino)],
    ['calmar', money(report.calmar)],
    ['trades', count(report.trades)],
    ['winRate', percent(report.win_rate_pct)],
    ['profitFactor', money(report.profit_factor)],
    ['expectancy', money(report.expectancy)],
    ['payoff', money(report.payoff)],
    ['averageReturnRate', percent(report.average_trade_pct)],
    ['bestReturnRate', percent(report.best_trade_pct)],
    ['worstReturnRate', percent(report.worst_trade_pct)],
    ['exposureRate', percent(report.exposure_pct)],
    ['feesPaid', money(report.fees_paid)],
  ];
  const open = report.open_position;
  return [
    say('run-title', { name: say(report.strategy), candles: String(report.candles), from: from ?? '', to: to ?? '' }),
    Object.entries(report.params)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · '),
    '',
    ...rows.map(([key, value]) => `${say(`metric-${key}`).padEnd(28)}${value.padStart(18)}`),
    '',
    say('run-months'),
    ...report.monthly.map(({ month, return_pct }) => `${month.padEnd(28)}${percent(return_pct).padStart(18)}`),
    ...(open
      ? [
          '',
          say('run-open', {
            side: say(`side-${open.side}`),
            qty: open.qty,
            entryPrice: open.entry_price,
            markPrice: open.mark_price,
          }),
        ]
      : []),
    ...(report.entries_without_money > 0 ? ['', say('run-dropped', { count: report.entries_without_money })] : []),
    ...(findings.length > 0
      ? ['', ...findings.map(({ code, numbers }) => say(`honesty-${code}`, { ...numbers }))]
      : []),
  ].join('\n');
}
