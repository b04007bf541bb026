import { nearestName } from '../spelling.ts';
import { breakout } from './builtin/breakout.ts';
import { dca } from './builtin/dca.ts';
import { emaCross } from './builtin/emaCross.ts';
import { grid } from './builtin/grid.ts';
import { macdCross } from './builtin/macdCross.ts';
import { meanReversion } from './builtin/meanReversion.ts';
import { rsiCross } from './builtin/rsiCross.ts';
import { rsiMacd } from './builtin/rsiMacd.ts';
import { smaCross } from './builtin/smaCross.ts';
import type { StrategyDefinition } from './definition.ts';

/** The strategies that come with the service, in the order they are shown. */
export const strategies: readonly StrategyDefinition[] = [
  smaCross,
  emaCross,
  rsiCross,
  macdCross,
  rsiMacd,
  meanReversion,
  breakout,
  grid,
  dca,
];

export const findStrategy = (name: string): StrategyDefinition | undefined =>
  strategies.find((strategy) => strategy.name === name);

/** The built-in strategy that was probably meant. */
export const nearestStrategy = (name: string): string | undefined =>
  nearestName(
    name,
    strategies.map((strategy) => strategy.name),
  );
