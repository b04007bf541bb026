import { fail, Refusal } from '../../core/error.ts';
import { readAccount } from '../../core/trading/account.ts';
import { type AddedAccount, addAccount, rotateKey } from '../../core/trading/addAccount.ts';
import { requireAllowance } from '../../core/trading/allowance.ts';
import type { ExchangeInfo } from '../../core/trading/exchange.ts';
import { isSecureSite, openAccountLink } from '../../core/trading/link.ts';
import { exchangeName, findExchange } from '../../core/trading/port.ts';
import { apiKeyText, passphraseText, secretText } from '../../core/trading/typed.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque, optional, secret, word } from '../fields.ts';
import type { Button, Reply, Say } from '../reply.ts';
import { accountReply, accountsButton } from './accounts.ts';

const demo: Button = { say: ['button.account_demo'], does: 'account.demo' };
const menu: Button = { say: ['button.menu'], does: 'menu' };
const foot: Button[] = [accountsButton, menu];

/**
 * The way of a key to us: a page of ours first, by a link that works once; the chat itself second. Where our page cannot
 * be reached safely only the chat is left.
 */
async function offerReply(
  ctx: CommandContext,
  about: { title: Say; how: Say; here: Button; accountId?: string; more: Button[] },
): Promise<Reply> {
  const site = ctx.siteUrl();
  const here: Button[][] = [[about.here], ...(about.more.length > 0 ? [about.more] : []), foot];
  if (!site || !isSecureSite(site))
    return {
      title: about.title,
      say: [['addaccount.only_here'], ['addaccount.advice']],
      buttons: here,
      sensitive: true,
      fresh: true,
    };
  const { id: identityId } = ctx.identity;
  const { accountId } = about;
  const { url, expiresAt } = await openAccountLink(ctx, {
    userId: ctx.user.id,
    identityId,
    ...(accountId === undefined ? {} : { accountId }),
  });
  return {
    title: about.title,
    say: [about.how, ['addaccount.advice']],
    link: { say: ['button.account_form'], url },
    facts: [{ label: ['addaccount.until'], value: ['value.time', { at: expiresAt }] }],
    buttons: here,
    sensitive: true,
    fresh: true,
    screen: 'account_link',
  };
}

/** `binance` or `demo` go straight on; without a name everything there is to choose from. */
export const addaccount = command({
  name: 'addaccount',
  audience: 'private',
  takesKeys: true,
  args: { exchange: optional(word({ name: 'exchange', label: ['field.exchange'], hint: ['field.exchange_hint'] })) },
  async run(ctx, { exchange }): Promise<Reply> {
    const [name = ''] = exchange?.split(/\s+/) ?? [];
    const info = name === '' ? undefined : findExchange(ctx.exchanges, name);
    if (info?.endpoints.includes('demo')) return addDemo(ctx);
    const hindrance = await hindranceOf(ctx);
    if (hindrance)
      return {
        title: ['addaccount.title'],
        say: [[`error.${hindrance.code}`, hindrance.params], ['addaccount.demo_open']],
        buttons: [[demo, { say: ['button.plans'], does: 'plans' }], foot],
        sensitive: true,
      };
    const here: Button = info
      ? { say: ['button.account_here'], does: 'account.at', on: info.id }
      : { say: ['button.account_here'], does: 'account.here' };
    return offerReply(ctx, { title: ['addaccount.title'], how: ['addaccount.how'], here, more: [demo] });
  },
});

/** Why this person cannot add an account now, before they have typed a key for nothing. */
async function hindranceOf(ctx: CommandContext): Promise<Refusal | undefined> {
  try {
    await requireAllowance(ctx, { userId: ctx.user.id, endpoint: 'live' });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

async function addDemo(ctx: CommandContext): Promise<Reply> {
  const info = ctx.exchanges.offered.find(({ endpoints }) => endpoints.includes('demo'));
  const exchange = info?.id ?? fail('account.exchange_unknown', { nearest: 'none', choices: namesOf(ctx) });
  const { account } = await addAccount(ctx, { userId: ctx.user.id, exchange, endpoint: 'demo' });
  return accountReply(ctx, account, [['addaccount.demo_done', { label: account.label }]]);
}

const namesOf = (ctx: CommandContext) => ctx.exchanges.offered.map(({ name }) => name).join(', ');

export const accountDemo = command({ name: 'account.demo', audience: 'private', hidden: true, run: addDemo });

const realEndpoints = ({ endpoints }: ExchangeInfo) => endpoints.filter((endpoint) => endpoint !== 'demo');

/** Where an exchange has passphrases, there is one question more. */
const questions = {
  add: { short: 'account.type', long: 'account.type_long' },
  replace: { short: 'account.rotate', long: 'account.rotate_long' },
};

/** Goes to the questions for a key of this exchange and endpoint. */
const typing = (info: ExchangeInfo, endpoint: string, say: Say): Button => ({
  say,
  does: questions.add[info.needsPassphrase ? 'long' : 'short'],
  on: `${info.id}.${endpoint}`,
});

export const accountHere = command({
  name: 'account.here',
  audience: 'private',
  hidden: true,
  async run(ctx): Promise<Reply> {
    const infos = ctx.exchanges.offered.filter((info) => realEndpoints(info).length > 0);
    const buttons = infos.map((info): Button => {
      const say: Say = ['addaccount.exchange', { exchange: info.name }];
      const [only, ...others] = realEndpoints(info);
      return only && others.length === 0 ? typing(info, only, say) : { say, does: 'account.at', on: info.id };
    });
    const rows = Array.from({ length: Math.ceil(buttons.length / 3) }, (_, i) => buttons.slice(i * 3, i * 3 + 3));
    return { say: ['addaccount.which'], buttons: [...rows, foot], sensitive: true };
  },
});

export const accountAt = command({
  name: 'account.at',
  audience: 'private',
  hidden: true,
  args: { exchange: opaque() },
  async run(ctx, { exchange }): Promise<Reply> {
    const info = findExchange(ctx.exchanges, exchange);
    const buttons = realEndpoints(info).map((to) =>
      typing(info, to, [to === 'live' ? 'addaccount.live' : 'addaccount.testnet']),
    );
    return { say: ['addaccount.which_endpoint', { exchange: info.name }], buttons: [buttons, foot], sensitive: true };
  },
});

const keyFields = {
  apiKey: secret({ name: 'api_key', label: ['field.api_key'], hint: ['field.api_key_hint'] }, apiKeyText),
  secret: secret({ name: 'secret', label: ['field.secret'], hint: ['field.secret_hint'] }, secretText),
};
const longFields = {
  ...keyFields,
  passphrase: secret(
    { name: 'passphrase', label: ['field.passphrase'], hint: ['field.passphrase_hint'] },
    passphraseText,
  ),
};

interface Typed {
  apiKey: string;
  secret: string;
  passphrase?: string;
}

async function typeKey(ctx: CommandContext, { where, ...key }: Typed & { where: string }): Promise<Reply> {
  const [exchange = '', endpoint = ''] = where.split('.');
  return addedReply(ctx, await addAccount(ctx, { userId: ctx.user.id, exchange, endpoint, key }), 'addaccount.done');
}

/** A message of its own: what was pressed for it is the question before. */
function addedReply(ctx: CommandContext, { account, warnings }: AddedAccount, key: string): Reply {
  const exchange = exchangeName(ctx.exchanges, account.exchange);
  const warned = warnings.map((warning): Say => [`addaccount.warn_${warning}`, { exchange }]);
  return {
    ...accountReply(ctx, account, [[key, { label: account.label }], ...warned]),
    fresh: true,
    retire: 'account_link',
  };
}

/** `on` carries where: `binance.live`. */
export const accountType = command({
  name: 'account.type',
  audience: 'private',
  hidden: true,
  args: { where: opaque(), ...keyFields },
  run: typeKey,
});

export const accountTypeLong = command({
  name: 'account.type_long',
  audience: 'private',
  hidden: true,
  args: { where: opaque(), ...longFields },
  run: typeKey,
});

export const accountKey = command({
  name: 'account.key',
  audience: 'private',
  hidden: true,
  args: { accountId: opaque() },
  async run(ctx, { accountId }) {
    const { label, exchange, endpoint } = await readAccount(ctx, { userId: ctx.user.id, accountId });
    if (endpoint === 'demo') fail('account.no_key', { label });
    const info = findExchange(ctx.exchanges, exchange);
    return offerReply(ctx, {
      title: ['addaccount.key_title', { label }],
      how: ['addaccount.key_how', { exchange: info.name }],
      here: {
        say: ['button.account_here'],
        does: questions.replace[info.needsPassphrase ? 'long' : 'short'],
        on: accountId,
      },
      accountId,
      more: [],
    });
  },
});

async function replaceKey(ctx: CommandContext, { accountId, ...key }: Typed & { accountId: string }): Promise<Reply> {
  return addedReply(ctx, await rotateKey(ctx, { userId: ctx.user.id, accountId, key }), 'addaccount.rotated');
}

export const accountRotate = command({
  name: 'account.rotate',
  audience: 'private',
  hidden: true,
  args: { accountId: opaque(), ...keyFields },
  run: replaceKey,
});

export const accountRotateLong = command({
  name: 'account.rotate_long',
  audience: 'private',
  hidden: true,
  args: { accountId: opaque(), ...longFields },
  run: replaceKey,
});
