import { endQuestion } from '../../core/chats/question.ts';
import { readBalances } from '../../core/money/ledger.ts';
import { setLanguage } from '../../core/people/user.ts';
import { languages } from '../../core/text/text.ts';
import { type Command, type CommandContext, command, describe, isForEverybody } from '../command.ts';
import { language as languageField, optional, word } from '../fields.ts';
import type { Button, Reply } from '../reply.ts';

const menuButtons: Button[][] = [
  [{ say: ['button.topup'], does: 'topup', style: 'primary' }],
  [
    { say: ['button.wallet'], does: 'wallet' },
    { say: ['button.transactions'], does: 'transactions' },
  ],
  [
    { say: ['button.contract'], does: 'contract' },
    { say: ['button.plans'], does: 'plans' },
  ],
  [
    { say: ['button.accounts'], does: 'accounts' },
    { say: ['button.strategies'], does: 'strategies' },
  ],
  [
    { say: ['button.backtests'], does: 'backtests' },
    { say: ['button.settings'], does: 'settings' },
  ],
  [{ say: ['button.link'], does: 'link' }],
  [
    { say: ['button.settings'], does: 'settings' },
    { say: ['button.language'], does: 'language' },
    { say: ['button.help'], does: 'help' },
  ],
];

async function menuReply(ctx: CommandContext, greeting: 'menu.greeting' | 'menu.welcome'): Promise<Reply> {
  const { walletSatang, owedSatang } = await readBalances(ctx, ctx.user.id);
  const owed =
    owedSatang > 0n
      ? [{ label: ['wallet.owed'] as const, value: ['value.money', { amountSatang: owedSatang }] as const }]
      : [];
  return {
    title: ['menu.title'],
    say: [greeting, { name: ctx.identity.displayName }],
    facts: [{ label: ['wallet.balance'], value: ['value.money', { amountSatang: walletSatang }] }, ...owed],
    buttons: menuButtons,
    sensitive: true,
    screen: 'menu',
  };
}

export const start = command({
  name: 'start',
  audience: 'private',
  args: { from: optional(word({ name: 'from', label: ['field.from_link'], hint: ['field.from_link'] })) },
  run: (ctx) => menuReply(ctx, 'menu.welcome'),
});

export const menu = command({
  name: 'menu',
  audience: 'private',
  run: (ctx) => menuReply(ctx, 'menu.greeting'),
});

const visible = (ctx: CommandContext) => (command: Command) =>
  !command.hidden && command.name !== 'start' && (isForEverybody(command) || ctx.server?.manages === true);

export const help = command({
  name: 'help',
  audience: 'anyone',
  async run(ctx) {
    return {
      title: ['help.title'],
      say: ['help.intro'],
      facts: ctx.commands
        .filter(visible(ctx))
        .map((command) => ({ label: ['help.command', { name: command.name }], value: describe(command) })),
      buttons: [[{ say: ['button.menu'], does: 'menu' }]],
    };
  },
});

export const language = command({
  name: 'language',
  audience: 'private',
  args: {
    language: languageField({
      name: 'language',
      label: ['field.language'],
      hint: ['field.language_hint'],
      choices: languages.map((value) => ({ say: [`language.${value}`], value })),
    }),
  },
  async run(ctx, { language }) {
    await setLanguage(ctx, { userId: ctx.user.id, language });
    return {
      language,
      say: ['language.set'],
      buttons: [[{ say: ['button.menu'], does: 'menu' }]],
      sensitive: true,
    };
  },
});

/** Ends the open question without answering it. */
export const neverMind = command({
  name: 'nevermind',
  audience: 'private',
  hidden: true,
  async run(ctx) {
    const ended = await endQuestion(ctx, ctx.identity.id);
    return {
      say: [ended ? 'question.dropped' : 'question.none'],
      buttons: [[{ say: ['button.menu'], does: 'menu' }]],
      sensitive: true,
    };
  },
});
