import { featureOf, strategyNamed } from '../../core/backtest/ask.ts';
import { optionWords } from '../../core/backtest/options.ts';
import type { Param } from '../../core/strategy/params.ts';
import { strategies as known } from '../../core/strategy/strategies.ts';
import { type Language, translate } from '../../core/text/text.ts';
import { command } from '../command.ts';
import { optional, word } from '../fields.ts';
import type { Button, Reply, Say } from '../reply.ts';

const nameField = optional(word({ name: 'strategy', label: ['field.strategy'], hint: ['field.strategy_hint'] }));

/** All strategies, or one with what it can be set to. */
export const strategies = command({
  name: 'strategies',
  audience: 'anyone',
  args: { name: nameField },
  run: async ({ language }, { name }) => (name ? one(language, name) : all()),
});

function all(): Reply {
  const buttons = known.map(({ name }): Button => ({ say: [`strategy.${name}`], does: 'strategies', on: name }));
  return {
    title: ['strategies.title'],
    say: [['strategies.note']],
    facts: known.map(({ name, kind }) => ({
      label: [`strategy.${name}`] as const,
      value: [`strategy.kind-${kind}`] as const,
    })),
    buttons: [...rowsOf(buttons, 3), [{ say: ['button.menu'], does: 'menu' }]],
  };
}

const rowsOf = (buttons: readonly Button[], width: number) =>
  Array.from({ length: Math.ceil(buttons.length / width) }, (_, n) => buttons.slice(n * width, (n + 1) * width));

function one(language: Language, text: string): Reply {
  const { name, kind, params } = strategyNamed(text);
  return {
    title: [`strategy.${name}`],
    say: [
      [`strategy.${name}-about`],
      ['strategies.kind', { kind, feature: featureOf(name) }],
      ['strategies.example', { name, option: exampleOf(params) }],
      ['strategies.options', { options: optionWords.join(', ') }],
    ],
    facts: Object.entries(params).map(([param, about]) => ({
      label: ['strategies.param', { param }] as const,
      value: boundsOf(language, param, about),
    })),
    buttons: [
      [{ say: ['button.backtest'], does: 'backtest', on: name, style: 'primary' }],
      [
        { say: ['button.strategies'], does: 'strategies' },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
  };
}

function exampleOf(params: Readonly<Record<string, Param>>): string {
  const [first] = Object.entries(params);
  return first ? `${first[0]}=${first[1].default}` : 'fee=0.1%';
}

const boundsOf = (language: Language, param: string, about: Param): Say => {
  const words = translate(language, `strategy.param-${param}`);
  if (about.type === 'choice')
    return ['strategies.choices', { words, choices: about.choices.join(', '), standard: about.default }];
  return ['strategies.bounds', { words, min: about.min, max: about.max, standard: about.default }];
};
