import type { StrategyDefinition } from '../strategy/definition.ts';
import type { NumberParam, Params } from '../strategy/params.ts';
import { randomFrom } from './random.ts';

/** The values to try for each parameter; parameters without a list keep the value they are given beside it. */
export type ParamGrid = Readonly<Record<string, readonly (number | string)[]>>;

/** Values from `from` to `to`, both included, in steps; free of the dust that adding fractions leaves. */
export function steps(from: number, to: number, step: number): number[] {
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, k) => Number((from + k * step).toPrecision(12)));
}

/** How many combinations a grid has, before the strategy's rules take some away. */
export const gridSize = (grid: ParamGrid): number =>
  Object.values(grid).reduce((size, values) => size * values.length, 1);

/** Every combination that the strategy's rules allow, the last parameter changing fastest. */
export function gridCombinations(strategy: StrategyDefinition, base: Params, grid: ParamGrid): Params[] {
  let combinations: Params[] = [base];
  for (const [param, values] of Object.entries(grid))
    combinations = combinations.flatMap((params) => values.map((value) => ({ ...params, [param]: value })));
  return combinations.filter((params) => allowed(strategy, params));
}

/** So many tries for one that the rules allow and that was not drawn before; a small grid may hold fewer than asked for. */
const TRIES = 50;

/** Up to `count` different combinations of a grid, drawn at random: the same ones for the same seed. */
export function randomCombinations(
  strategy: StrategyDefinition,
  base: Params,
  grid: ParamGrid,
  { count, seed }: { count: number; seed: number },
): Params[] {
  const random = randomFrom(seed);
  const drawn = new Map<string, Params>();
  for (let tries = 0; drawn.size < count && tries < count * TRIES; tries++) {
    const params: Record<string, number | string> = { ...base };
    for (const [param, values] of Object.entries(grid))
      params[param] = values[Math.floor(random() * values.length)] ?? params[param] ?? 0;
    if (allowed(strategy, params)) drawn.set(JSON.stringify(params), params);
  }
  return [...drawn.values()];
}

/** At most so many values of each parameter, so that six parameters stay a matter of minutes. */
const VALUES_AROUND = 7;

/**
 * The preset that looks around: every number within `share` of what it is, in whole steps of its parameter inside its
 * bounds. What it is now is always among the values.
 */
export function gridAround(strategy: StrategyDefinition, params: Params, share = 0.3): ParamGrid {
  const grid: Record<string, readonly (number | string)[]> = {};
  for (const [name, param] of Object.entries(strategy.params)) {
    const now = params[name];
    if (param.type === 'choice' || typeof now !== 'number') continue;
    grid[name] = valuesAround(param, now, share);
  }
  return grid;
}

function valuesAround({ min, max, step }: NumberParam, now: number, share: number): number[] {
  const reach = Math.abs(now) * share;
  const most = Math.floor(reach / step + 1e-9);
  const stride = Math.max(1, Math.ceil(most / Math.floor(VALUES_AROUND / 2)));
  const around = steps(-Math.floor(most / stride), Math.floor(most / stride), 1).map((k) =>
    Number((now + k * stride * step).toPrecision(12)),
  );
  return around.filter((value) => value >= min && value <= max);
}

const allowed = (strategy: StrategyDefinition, params: Params) =>
  (strategy.rules ?? []).every((rule) => rule.holds(params));
