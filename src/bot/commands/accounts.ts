import { fail } from '../../core/error.ts';
import { hasText } from '../../core/text/text.ts';
import {
  type ExchangeAccount,
  enableAccount,
  listAccounts,
  readAccount,
  removeAccount,
  renameAccount,
  STOPPED,
  setGroup,
} from '../../core/trading/account.ts';
import { exchangeName } from '../../core/trading/port.ts';
import { accountLabel, groupLabel } from '../../core/trading/typed.ts';
import { type CommandContext, command } from '../command.ts';
import { field, opaque, optional, word } from '../fields.ts';
import type { Button, Reply, Say, Value } from '../reply.ts';

/** Two in a row, and with the way on at most five rows, as Discord wants it. */
const PAGE = 8;

export const accountsButton: Button = { say: ['button.accounts'], does: 'accounts' };
const add: Button = { say: ['button.addaccount'], does: 'addaccount', style: 'primary' };
const menu: Button = { say: ['button.menu'], does: 'menu' };

function nameOf(ctx: CommandContext, { label, groupName: group, exchange: id, endpoint }: ExchangeAccount): Say {
  const exchange = exchangeName(ctx.exchanges, id);
  const testnet = endpoint === 'testnet';
  if (group === null) return [testnet ? 'accounts.name_testnet' : 'accounts.name', { label, exchange }];
  return [testnet ? 'accounts.name_grouped_testnet' : 'accounts.name_grouped', { group, label, exchange }];
}

/** How an account is, with the age of its figures. */
function stateOf(ctx: CommandContext, account: ExchangeAccount): Value {
  const { trouble, troubleSince: since, readAt, enabled } = account;
  if (trouble === STOPPED) return ['accounts.state_stopped'];
  if (!enabled) return ['accounts.state_off'];
  if (trouble && since)
    return readAt ? ['accounts.state_failing', { since, readAt }] : ['accounts.state_never', { since }];
  if (!readAt) return ['accounts.state_new'];
  const minutes = Math.max(0, Math.floor((ctx.clock.now().getTime() - readAt.getTime()) / 60_000));
  return ['accounts.state_well', { minutes }];
}

/** A newer instance may know troubles that this one has no words for. */
function whyOf(ctx: CommandContext, trouble: string): Value {
  const key = `accounts.trouble_${trouble}`;
  return hasText(ctx.language, key) ? [key] : ['accounts.trouble_malformed'];
}

const inPairs = (buttons: readonly Button[]): Button[][] =>
  Array.from({ length: Math.ceil(buttons.length / 2) }, (_, i) => buttons.slice(i * 2, i * 2 + 2));

async function listReply(ctx: CommandContext, wanted: number): Promise<Reply> {
  const all = await listAccounts(ctx, { userId: ctx.user.id });
  const page = Math.min(wanted, Math.max(0, Math.ceil(all.length / PAGE) - 1));
  const shown = all.slice(page * PAGE, (page + 1) * PAGE);
  const turn = (to: number, key: 'button.previous' | 'button.next'): Button => ({
    say: [key],
    does: 'account.page',
    on: String(to),
  });
  return {
    title: ['accounts.title'],
    say: [all.length > 0 ? 'accounts.note' : 'accounts.none'],
    facts: shown.map((account) => ({ label: nameOf(ctx, account), value: stateOf(ctx, account) })),
    buttons: [
      ...inPairs(shown.map(({ label, id }) => ({ say: ['accounts.label', { label }], does: 'account.show', on: id }))),
      [
        ...(page > 0 ? [turn(page - 1, 'button.previous')] : []),
        ...((page + 1) * PAGE < all.length ? [turn(page + 1, 'button.next')] : []),
        add,
        ...(all.length === 0 ? [{ say: ['button.account_demo'] as const, does: 'account.demo' }] : []),
        menu,
      ],
    ],
    sensitive: true,
  };
}

export const accounts = command({ name: 'accounts', audience: 'private', run: (ctx) => listReply(ctx, 0) });

export const accountPage = command({
  name: 'account.page',
  audience: 'private',
  hidden: true,
  args: { page: opaque() },
  run: (ctx, { page }) => (/^\d{1,3}$/.test(page) ? listReply(ctx, Number(page)) : fail('button.stale')),
});

const told = (right: boolean | null): Value => [
  right === null ? 'accounts.unknown' : right ? 'accounts.yes' : 'accounts.no',
];

/** One account with all that may be done about it, under what has just been done. */
export function accountReply(ctx: CommandContext, account: ExchangeAccount, says: readonly Say[] = []): Reply {
  const { id, trouble, keyExpiresAt, endpoint } = account;
  const isDemo = endpoint === 'demo';
  const turn: Button = account.enabled
    ? { say: ['button.account_off'], does: 'account.turn', on: `${id}.off` }
    : { say: ['button.account_on'], does: 'account.turn', on: `${id}.on` };
  const exchange = exchangeName(ctx.exchanges, account.exchange);
  return {
    title: ['accounts.label', { label: account.label }],
    say: says,
    facts: [
      { label: ['accounts.exchange'], value: ['accounts.where', { exchange, endpoint }] },
      { label: ['accounts.group'], value: account.groupName ? { text: account.groupName } : ['accounts.group_none'] },
      { label: ['accounts.state'], value: stateOf(ctx, account) },
      ...(trouble ? [{ label: ['accounts.trouble'] as const, value: whyOf(ctx, trouble) }] : []),
      ...(isDemo
        ? []
        : [
            { label: ['accounts.may_trade'] as const, value: told(account.canTrade) },
            { label: ['accounts.ip'] as const, value: told(account.ipRestricted) },
          ]),
      ...(keyExpiresAt
        ? [{ label: ['accounts.expires'] as const, value: ['value.at', { at: keyExpiresAt }] as const }]
        : []),
      { label: ['accounts.added'], value: ['value.at', { at: account.createdAt }] },
    ],
    buttons: [
      [turn, { say: ['button.account_rename'], does: 'account.rename', on: id }],
      [
        { say: ['button.account_group'], does: 'account.group', on: id },
        ...(isDemo ? [] : [{ say: ['button.account_key'] as const, does: 'account.key', on: id }]),
      ],
      [{ say: ['button.account_remove'], does: 'account.remove', on: id, style: 'danger' }],
      [accountsButton, menu],
    ],
    sensitive: true,
  };
}

const again = async (ctx: CommandContext, accountId: string, says: readonly Say[]): Promise<Reply> =>
  accountReply(ctx, await readAccount(ctx, { userId: ctx.user.id, accountId }), says);

export const accountShow = command({
  name: 'account.show',
  audience: 'private',
  hidden: true,
  args: { accountId: opaque() },
  run: (ctx, { accountId }) => again(ctx, accountId, []),
});

/** The button says what shall be rather than "the other one": pressed twice it is the same. */
export const accountTurn = command({
  name: 'account.turn',
  audience: 'private',
  hidden: true,
  args: { wanted: opaque() },
  async run(ctx, { wanted }) {
    const [accountId = '', to] = wanted.split('.');
    if (to !== 'on' && to !== 'off') fail('button.stale');
    await enableAccount(ctx, { userId: ctx.user.id, accountId, enabled: to === 'on' });
    return again(ctx, accountId, [[`accounts.turned_${to}`]]);
  },
});

export const accountRename = command({
  name: 'account.rename',
  audience: 'private',
  hidden: true,
  args: {
    accountId: opaque(),
    label: field({ name: 'label', label: ['field.label'], hint: ['field.label_hint'] }, accountLabel),
  },
  async run(ctx, { accountId, label }) {
    await renameAccount(ctx, { userId: ctx.user.id, accountId, label });
    return again(ctx, accountId, [['accounts.renamed', { label }]]);
  },
});

export const accountGroup = command({
  name: 'account.group',
  audience: 'private',
  hidden: true,
  args: {
    accountId: opaque(),
    group: field(
      { name: 'group', label: ['field.group'], hint: ['field.group_hint'] },
      (text) => groupLabel(text) ?? '-',
    ),
  },
  async run(ctx, { accountId, group }) {
    await setGroup(ctx, { userId: ctx.user.id, accountId, group });
    return again(ctx, accountId, [group === '-' ? ['accounts.ungrouped'] : ['accounts.grouped', { group }]]);
  },
});

export const removeaccount = command({
  name: 'removeaccount',
  audience: 'private',
  args: { label: optional(word({ name: 'account', label: ['field.account'], hint: ['field.account_hint'] })) },
  async run(ctx, { label }): Promise<Reply> {
    const all = await listAccounts(ctx, { userId: ctx.user.id });
    const wanted = label?.toLowerCase();
    const found = all.find((account) => account.label.toLowerCase() === wanted);
    if (found) return removeReply(ctx, found);
    if (wanted !== undefined) fail('account.missing');
    if (all.length === 0) return listReply(ctx, 0);
    return {
      title: ['accounts.remove_which'],
      say: ['accounts.note'],
      buttons: [
        ...inPairs(
          all.slice(0, PAGE).map((account) => ({ say: nameOf(ctx, account), does: 'account.remove', on: account.id })),
        ),
        [accountsButton, menu],
      ],
      sensitive: true,
    };
  },
});

function removeReply(ctx: CommandContext, { id, label, exchange }: ExchangeAccount): Reply {
  return {
    title: ['accounts.remove_title', { label }],
    say: ['accounts.remove_ask', { exchange: exchangeName(ctx.exchanges, exchange) }],
    buttons: [
      [
        { say: ['button.account_gone'], does: 'account.gone', on: id, style: 'danger' },
        { say: ['button.account_keep'], does: 'account.show', on: id },
      ],
    ],
    sensitive: true,
  };
}

export const accountRemove = command({
  name: 'account.remove',
  audience: 'private',
  hidden: true,
  args: { accountId: opaque() },
  run: async (ctx, { accountId }) => removeReply(ctx, await readAccount(ctx, { userId: ctx.user.id, accountId })),
});

export const accountGone = command({
  name: 'account.gone',
  audience: 'private',
  hidden: true,
  args: { accountId: opaque() },
  async run(ctx, { accountId }): Promise<Reply> {
    const { label } = await readAccount(ctx, { userId: ctx.user.id, accountId });
    await removeAccount(ctx, { userId: ctx.user.id, accountId });
    return { say: ['accounts.removed', { label }], buttons: [[accountsButton, menu]], sensitive: true };
  },
});
