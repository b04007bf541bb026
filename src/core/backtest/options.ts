import { asciiDigits } from '../amount.ts';
import { fail } from '../error.ts';
import { nearestName } from '../spelling.ts';
import { paramsOf, type StrategyDefinition } from '../strategy/definition.ts';
import type { ParamProblem, Params } from '../strategy/params.ts';
import { gridSize, type ParamGrid, steps } from './combinations.ts';
import { defaultSettings, type RunSettings, settingProblems } from './settings.ts';

/*
 * What people write after the dates: `fast=10 slow=50 fee=0.1% stop=2% short`. Names are those of the strategy's
 * parameters and of the settings below; a parameter may be given as a range, `fast=5..20` or `fast=5..20/5`, where
 * parameters are searched for.
 */

/** What a setting is called in a chat, whether it is a share, and which setting that is. */
const settingWords: Record<string, { setting: keyof RunSettings; isRate?: true }> = {
  capital: { setting: 'capital' },
  fee: { setting: 'feeRate', isRate: true },
  slippage: { setting: 'slippageRate', isRate: true },
  leverage: { setting: 'leverage' },
  stop: { setting: 'stopLossRate', isRate: true },
  target: { setting: 'takeProfitRate', isRate: true },
  trail: { setting: 'trailingStopRate', isRate: true },
  size: { setting: 'sizing', isRate: true },
  risk: { setting: 'sizing', isRate: true },
};
const SHORT = 'short';

/** The words that set how a run trades, for help and for suggestions. */
export const optionWords: readonly string[] = [...Object.keys(settingWords), SHORT];

export interface Options {
  readonly params: Params;
  readonly settings: Partial<RunSettings>;
  /** The parameters that were given as a range. */
  readonly grid: ParamGrid;
}

/** Too many values for a person to have meant them. */
const MOST_VALUES = 500;
export const MOST_COMBINATIONS = 5_000;

/**
 * Reads options for a strategy. Refuses `option.malformed`, `option.unknown`, `option.not_a_number`,
 * `option.range_wrong`, `strategy.param_wrong` and `strategy.setting_wrong`: the first that is wrong, with what would be right.
 */
export function readOptions(strategy: StrategyDefinition, text: string): Options {
  const params: Record<string, number | string> = {};
  const settings: Record<string, unknown> = {};
  const grid: Record<string, readonly number[]> = {};
  for (const word of asciiDigits(text)
    .split(/[\s,;]+/)
    .filter(Boolean)) {
    const [name = '', value] = cutAt(word.toLowerCase());
    if (name === SHORT && (value === undefined || value === 'yes')) settings.shorting = true;
    else if (value === undefined || value === '') fail('option.malformed', { text: word.slice(0, 40) });
    else if (name in strategy.params) readParam(name, value, strategy, params, grid);
    else if (name in settingWords) Object.assign(settings, readSetting(name, value));
    else refuseName(strategy, name);
  }
  return { params: checkedParams(strategy, params), settings: checkedSettings(settings), grid: checkedGrid(grid) };
}

function cutAt(word: string): [name: string, value: string | undefined] {
  const at = word.search(/[=:]/);
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** What was probably meant, as the texts of refusals take it. */
export const suggestion = (nearest: string | undefined) => ({
  suggests: nearest ? 'yes' : 'no',
  nearest: nearest ?? '',
});

function refuseName(strategy: StrategyDefinition, name: string): never {
  const names = [...Object.keys(strategy.params), ...optionWords];
  const choices = names.join(', ');
  const nearest = nearestName(name, names);
  return fail('option.unknown', { text: name.slice(0, 40), ...suggestion(nearest), choices });
}

function readParam(
  name: string,
  value: string,
  strategy: StrategyDefinition,
  params: Record<string, number | string>,
  grid: Record<string, readonly number[]>,
): void {
  const range = /^([^.]+(?:\.\d+)?)\.\.([^/]+)(?:\/(.+))?$/.exec(value);
  if (!range) {
    params[name] = value;
    return;
  }
  const about = strategy.params[name];
  const step = about && about.type !== 'choice' ? about.step : Number.NaN;
  const [from, to, by] = [Number(range[1]), Number(range[2]), range[3] === undefined ? step : Number(range[3])];
  if (!(from < to) || !(by > 0) || (to - from) / by >= MOST_VALUES) fail('option.range_wrong', { name, given: value });
  grid[name] = steps(from, to, by);
}

function readSetting(name: string, text: string): Partial<RunSettings> {
  const { setting, isRate = false } =
    settingWords[name] ?? fail('option.unknown', { text: name, ...suggestion(undefined), choices: '' });
  const percent = isRate && text.endsWith('%');
  const digits = percent ? text.slice(0, -1) : text;
  const value = /^\d+(\.\d*)?$|^\.\d+$/.test(digits) ? Number(digits) / (percent ? 100 : 1) : Number.NaN;
  if (Number.isNaN(value)) fail('option.not_a_number', { name, given: text.slice(0, 40) });
  if (setting !== 'sizing') return { [setting]: value };
  return { sizing: name === 'risk' ? { kind: 'risk', rate: value } : { kind: 'fraction', fraction: value } };
}

/** Fills in defaults and refuses what a strategy cannot be set to. */
export function checkedParams(strategy: StrategyDefinition, given: Params): Params {
  const { params, problems } = paramsOf(strategy, given);
  const [problem] = problems;
  if (problem) fail('strategy.param_wrong', wordsOf(problem));
  return params;
}

/** Each problem has other particulars; a sentence of Fluent wants them all. */
const wordsOf = ({ code, ...about }: ParamProblem) => ({
  problem: code,
  given: '',
  min: 0,
  max: 0,
  other: '',
  choices: '',
  ...about,
});

function checkedSettings(settings: Partial<RunSettings>): Partial<RunSettings> {
  const [problem] = settingProblems({ ...defaultSettings, ...settings });
  if (!problem) return settings;
  const word =
    Object.entries(settingWords).find(([, known]) => known.setting === problem.setting)?.[0] ?? problem.setting;
  const isRate = settingWords[word]?.isRate === true;
  const shown = (value: number) => (isRate ? `${Number((100 * value).toPrecision(6))}%` : String(value));
  return fail('strategy.setting_wrong', {
    problem: problem.code,
    name: word,
    min: shown(problem.min),
    max: shown(problem.max),
  });
}

function checkedGrid(grid: ParamGrid): ParamGrid {
  const count = gridSize(grid);
  return count <= MOST_COMBINATIONS ? grid : fail('optimize.too_many', { count, most: MOST_COMBINATIONS });
}
