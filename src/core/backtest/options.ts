import { asciiDigits } from '../amount.ts';
import { fail } from '../error.ts';
import { nearestName } from '../spelling.ts';
import { paramsOf, type StrategyDefinition } from '../strategy/definition.ts';
import { type ParamProblem, type Params, readParams } from '../strategy/params.ts';
import { gridCombinations, gridSize, type ParamGrid, steps } from './combinations.ts';
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

/** Settings as they would be written, so that a result says what it was made with: the fee always, the rest when set. */
export function settingsText(given: Partial<RunSettings>): string {
  const settings = { ...defaultSettings, ...given };
  const written = Object.entries(settingWords).flatMap(([word, { setting, isRate }]) => {
    const value = setting === 'sizing' ? sizeOf(settings, word) : settings[setting];
    const isUsual = setting !== 'sizing' && word !== 'fee' && value === defaultSettings[setting];
    if (typeof value !== 'number' || isUsual) return [];
    return [`${word} ${isRate ? percentText(value) : value}`];
  });
  return [...written, ...(settings.shorting ? [SHORT] : [])].join(' · ');
}

function sizeOf({ sizing }: RunSettings, word: string): number | undefined {
  if (sizing.kind === 'fraction' && word === 'size') return sizing.fraction;
  return sizing.kind === 'risk' && word === 'risk' ? sizing.rate : undefined;
}

const percentText = (rate: number) => `${Number((100 * rate).toPrecision(6))}%`;

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
  for (const word of optionsIn(text)) {
    const [name = '', value] = cutAt(word.toLowerCase());
    if (name === SHORT && (value === undefined || value === 'yes')) settings.shorting = true;
    else if (value === undefined || value === '') fail('option.malformed', { text: word.slice(0, 40) });
    else if (name in strategy.params) readParam(name, value, strategy, params, grid);
    else if (name in settingWords) Object.assign(settings, readSetting(name, value));
    else refuseName(strategy, name);
  }
  return {
    params: baseParams(strategy, params, checkedGrid(grid)),
    settings: checkedSettings(settings),
    grid,
  };
}

/** The single options in a text. A comma between thousands, as in `capital=10,000`, parts nothing. */
export const optionsIn = (text: string): string[] =>
  asciiDigits(text)
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, '')
    .replace(/\s*=\s*/g, '=')
    .split(/[\s,;]+/)
    .filter(Boolean);

/**
 * What is searched around. A parameter with a range needs no value of its own, so the rules between parameters are held
 * against the combinations: where the usual value breaks one, the first combination that breaks none takes its place.
 */
function baseParams(strategy: StrategyDefinition, given: Params, grid: ParamGrid): Params {
  if (Object.keys(grid).length === 0) return checkedParams(strategy, given);
  const { params, problems } = readParams(strategy.params, [], given);
  const [problem] = problems;
  if (problem) fail('strategy.param_wrong', wordsOf(problem));
  const [first] = gridCombinations(strategy, params, grid);
  if (paramsOf(strategy, params).problems.length === 0 && first) return params;
  // With no combination at all this one says which rule stands against them.
  const tried = Object.fromEntries(Object.entries(grid).map(([name, [value = 0]]) => [name, value]));
  return first ?? checkedParams(strategy, { ...params, ...tried });
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
  const values = steps(from, to, by);
  for (const value of values) {
    const [problem] = readParams(strategy.params, [], { [name]: value }).problems;
    if (problem) fail('strategy.param_wrong', wordsOf(problem));
  }
  grid[name] = values;
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
  const shown = (value: number) => (isRate ? percentText(value) : String(value));
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
