import { nearestName } from '../spelling.ts';

/** A number that a strategy is set with. `step` is what a form counts in and what an optimisation walks in. */
export interface NumberParam {
  readonly type: 'number' | 'integer';
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly default: number;
}

export interface ChoiceParam {
  readonly type: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}

export type Param = NumberParam | ChoiceParam;
export type ParamSchema = Readonly<Record<string, Param>>;
export type ParamValues<S extends ParamSchema = ParamSchema> = {
  readonly [Name in keyof S]: S[Name] extends NumberParam
    ? number
    : S[Name] extends ChoiceParam
      ? string
      : number | string;
};

/** Values of a strategy whose schema is not known to the compiler. */
export type Params = Readonly<Record<string, number | string>>;

export const integer = (bounds: { min: number; max: number; default: number; step?: number }): NumberParam => ({
  step: 1,
  ...bounds,
  type: 'integer',
});

export const number = (bounds: { min: number; max: number; default: number; step: number }): NumberParam => ({
  ...bounds,
  type: 'number',
});

export const choice = (choices: readonly [string, ...string[]]): ChoiceParam => ({
  type: 'choice',
  choices,
  default: choices[0],
});

/** What two parameters have to be to each other. */
export interface ParamRule {
  readonly param: string;
  readonly other: string;
  holds(params: Params): boolean;
}

/** `param` has to be smaller than `other`. */
export const below = (param: string, other: string): ParamRule => ({
  param,
  other,
  holds: (params) => Number(params[param]) < Number(params[other]),
});

/** What is wrong with one parameter: the words for it are `strategy-problem-<code>`. */
export type ParamProblem =
  | { readonly param: string; readonly code: 'unknown'; readonly nearest?: string }
  | { readonly param: string; readonly code: 'not_a_number' | 'not_whole'; readonly given: string }
  | { readonly param: string; readonly code: 'too_small'; readonly given: number; readonly min: number }
  | { readonly param: string; readonly code: 'too_large'; readonly given: number; readonly max: number }
  | { readonly param: string; readonly code: 'not_a_choice'; readonly given: string; readonly choices: string }
  | { readonly param: string; readonly code: 'not_below'; readonly given: number; readonly other: string };

/** Numbers as people type them; what only looks like one (`1e`, `0x10`, an empty text) is refused. */
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads what was given against a schema: left-out parameters take their defaults, everything that is wrong is named at
 * once. With problems the values are not to be used.
 */
export function readParams(
  schema: ParamSchema,
  rules: readonly ParamRule[],
  given: Params,
): { params: Params; problems: ParamProblem[] } {
  const problems: ParamProblem[] = [];
  const names = Object.keys(schema);
  for (const param of Object.keys(given).filter((name) => !names.includes(name))) {
    const nearest = nearestName(
      param,
      names.filter((name) => !(name in given)),
    );
    problems.push({ param, code: 'unknown', ...(nearest ? { nearest } : {}) });
  }
  const params: Record<string, number | string> = {};
  for (const [param, wanted] of Object.entries(schema)) {
    const value = Object.hasOwn(given, param) ? given[param] : undefined;
    const read = value === undefined ? wanted.default : readParam(param, wanted, value);
    if (typeof read === 'object') problems.push(read);
    else params[param] = read;
  }
  for (const { param, other, holds } of rules) {
    if (!(param in params) || !(other in params) || holds(params)) continue;
    problems.push({ param, code: 'not_below', given: Number(params[param]), other });
  }
  return { params, problems };
}

function readParam(param: string, wanted: Param, value: number | string): number | string | ParamProblem {
  if (wanted.type === 'choice') {
    const known = wanted.choices.includes(String(value));
    return known
      ? String(value)
      : { param, code: 'not_a_choice', given: String(value), choices: wanted.choices.join(', ') };
  }
  const text = String(value).trim();
  const given = typeof value === 'number' ? value : DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(given)) return { param, code: 'not_a_number', given: text };
  if (wanted.type === 'integer' && !Number.isInteger(given)) return { param, code: 'not_whole', given: text };
  if (given < wanted.min) return { param, code: 'too_small', given, min: wanted.min };
  if (given > wanted.max) return { param, code: 'too_large', given, max: wanted.max };
  return given;
}
