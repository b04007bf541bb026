import { asciiDigits } from '../../core/amount.ts';
import { costMethods } from '../../core/portfolio/book.ts';
import { readPortfolioPreference, setPortfolioPreference } from '../../core/portfolio/preference.ts';
import { type CommandContext, command } from '../command.ts';
import { field, oneOf, opaque, optional } from '../fields.ts';
import type { Button, Reply } from '../reply.ts';

const costField = oneOf({
  name: 'cost',
  label: ['field.cost'],
  hint: ['field.cost_hint'],
  choices: costMethods.map((value) => ({ say: ['valuation.method', { method: value }] as const, value })),
});

const dustField = field({ name: 'dust', label: ['field.dust'], hint: ['field.dust_hint'] }, (text) =>
  asciiDigits(text)
    .trim()
    .replace(/\s*usdt$/i, ''),
);

async function valuationReply(ctx: CommandContext): Promise<Reply> {
  const { costMethod, dustBelowUsdt } = await readPortfolioPreference(ctx, ctx.user.id);
  const other = costMethods.find((method) => method !== costMethod) ?? costMethod;
  return {
    title: ['valuation.title'],
    say: ['valuation.note'],
    facts: [
      { label: ['valuation.cost'], value: ['valuation.method', { method: costMethod }] },
      { label: ['valuation.dust'], value: { text: `${dustBelowUsdt} USDT` } },
    ],
    buttons: [
      [{ say: ['valuation.use', { method: other }], does: 'valuation.cost', on: other }],
      ['0', '1', '10'].map(
        (limit): Button => ({
          say: ['valuation.dust_below', { limit: Number(limit) }],
          does: 'valuation.dust',
          on: limit,
        }),
      ),
      [
        { say: ['portfolio.button'], does: 'portfolio' },
        { say: ['button.menu'], does: 'menu' },
      ],
    ],
    sensitive: true,
  };
}

/** How a person wants profit counted and small things hidden. */
export const valuation = command({
  name: 'valuation',
  audience: 'private',
  args: { costMethod: optional(costField), dustBelowUsdt: optional(dustField) },
  async run(ctx, { costMethod, dustBelowUsdt }) {
    const wanted = { ...(costMethod ? { costMethod } : {}), ...(dustBelowUsdt ? { dustBelowUsdt } : {}) };
    if (costMethod || dustBelowUsdt) await setPortfolioPreference(ctx, { userId: ctx.user.id, ...wanted });
    return valuationReply(ctx);
  },
});

export const valuationCost = command({
  name: 'valuation.cost',
  audience: 'private',
  hidden: true,
  args: { method: opaque() },
  async run(ctx, { method }) {
    await setPortfolioPreference(ctx, { userId: ctx.user.id, costMethod: costField.parse(method) });
    return valuationReply(ctx);
  },
});

export const valuationDust = command({
  name: 'valuation.dust',
  audience: 'private',
  hidden: true,
  args: { limit: opaque() },
  async run(ctx, { limit }) {
    await setPortfolioPreference(ctx, { userId: ctx.user.id, dustBelowUsdt: limit });
    return valuationReply(ctx);
  },
});
