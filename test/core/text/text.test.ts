import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { FluentResource } from '@fluent/bundle';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/bot/commands/list.ts';
import { speak } from '../../../src/bot/draw.ts';
import { noticeReply } from '../../../src/bot/notices.ts';
import { runKinds } from '../../../src/core/backtest/tables.ts';
import { refusalCodes } from '../../../src/core/error.ts';
import { troubleKinds } from '../../../src/core/market/trouble.ts';
import { topupMoves } from '../../../src/core/money/topup.ts';
import { transactionStatuses } from '../../../src/core/money/transactions.ts';
import { noticeGroups, noticeKinds } from '../../../src/core/notices/kinds.ts';
import { quotas } from '../../../src/core/rental/features.ts';
import { strategies } from '../../../src/core/strategy/strategies.ts';
import { formatAt, hasText, languageFrom, languages, translate } from '../../../src/core/text/text.ts';
import { STOPPED } from '../../../src/core/trading/account.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const filesOf = (language: string) => globSync(`src/core/text/${language}/*.ftl`, { cwd: ROOT.pathname }).sort();
const textsOf = (language: string) => filesOf(language).map(read).join('\n');

/** Every key of a language with the variables its text uses. */
function keysOf(language: string): Map<string, string> {
  const { body } = new FluentResource(textsOf(language));
  return new Map(body.map((message) => [message.id, variablesIn(message.value).join(' ')]));
}

function variablesIn(value: unknown): string[] {
  const names = new Set<string>();
  JSON.stringify(value, (_, part: unknown) => {
    if (part && typeof part === 'object' && 'type' in part && part.type === 'var' && 'name' in part)
      names.add(String(part.name));
    return part;
  });
  return [...names].sort();
}

const [th, en] = [keysOf('th'), keysOf('en')];
const both = (key: string) => languages.every((language) => hasText(language, key));

test('Thai and English have the same keys with the same variables', () => {
  expect(en.size).toBeGreaterThan(200);
  expect([...th.keys()].sort()).toEqual([...en.keys()].sort());
  for (const [key, variables] of en) expect([key, th.get(key)]).toEqual([key, variables]);
});

test('each language has its texts in the same files', () => {
  const names = (language: string) => filesOf(language).map((path) => basename(path));
  expect(names('th')).toEqual(names('en'));
});

test('no key is written twice: the first would be lost without a word', () => {
  for (const language of languages) {
    const ids = [...textsOf(language).matchAll(/^([a-z][\w-]*) =/gm)].map((m) => m[1]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(new Set(ids).size).toBe(keysOf(language).size);
  }
});

test('every text can be said with the variables it names', () => {
  const samples = {
    at: new Date(0),
    expiresAt: new Date(0),
    from: new Date(0),
    to: new Date(0),
    until: new Date(0),
    endedAt: new Date(0),
    count: 2,
    days: 2,
    daysLeft: 2,
  };
  for (const language of languages) {
    for (const [key, variables] of keysOf(language)) {
      const given = Object.fromEntries(variables.split(' ').map((name) => [name, 100n]));
      expect(translate(language, key, { ...given, ...samples }).trim()).not.toBe('');
    }
  }
});

test('every refusal has a sentence in both languages that says what to do next', () => {
  for (const code of refusalCodes) {
    expect([code, both(`error.${code}`)]).toEqual([code, true]);
    const variables = (en.get(`error-${code.replaceAll('.', '-')}`) ?? '').split(' ');
    const sample = (name: string) => (/^(at|from|to)$|At$/.test(name) ? new Date(0) : 1n);
    const text = translate('en', `error.${code}`, Object.fromEntries(variables.map((name) => [name, sample(name)])));
    expect(text.split(/[.!?;] /).length, text).toBeGreaterThan(1);
  }
});

/** `named(plan)` gives a plan's two names, `suggestion(…)` what was probably meant. */
const spelledOut = (source: string) =>
  source
    .replaceAll('...named(', 'planTh, planEn, ...named(')
    .replaceAll('...suggestion(', 'suggests, nearest, ...suggestion(');

test('every refusal is thrown with all that its sentence needs', () => {
  const missing: string[] = [];
  for (const file of globSync('src/**/*.ts', { cwd: ROOT.pathname })) {
    const calls = read(file).matchAll(
      /(?:fail|new Refusal)\(\s*'([a-z_]+(?:\.[a-z_]+)?)'\s*(?:,\s*\{([\s\S]*?)\}\s*)?\)/g,
    );
    for (const [, code = '', params = ''] of calls) {
      for (const name of (en.get(`error-${code.replace('.', '-')}`) ?? '').split(' ').filter(Boolean))
        if (!new RegExp(`\\b${name}\\b`).test(spelledOut(params))) missing.push(`${file}: ${code} lacks ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

test('every notice has words in both languages, and the buttons under it too', () => {
  for (const kind of noticeKinds) {
    expect([kind, both(`notice.${kind}`)]).toEqual([kind, true]);
    expect([kind, both(`panel.notice_kind_${kind}`)]).toEqual([kind, true]);
    const reply = noticeReply({ kind, params: { topupId: 'top_1', linkId: 'lnk_1' } });
    for (const button of reply.buttons?.flat() ?? []) {
      expect(both(button.say[0])).toBe(true);
      expect(commands.map((c) => c.name)).toContain(button.does);
    }
  }
});

test('every notice is put with all that its words need', () => {
  const source = spelledOut(globSync('src/core/**/*.ts', { cwd: ROOT.pathname }).map(read).join('\n'));
  for (const kind of noticeKinds) {
    const named = source.includes(`'${kind}'`) || /kind: `topup\.\$\{status\}`/.test(source);
    expect([kind, named]).toEqual([kind, true]);
    for (const name of (en.get(`notice-${kind.replace('.', '-')}`) ?? '').split(' '))
      expect(source).toMatch(new RegExp(`params[\\s\\S]{0,200}\\b${name}\\b`));
  }
});

describe('commands', () => {
  test('have a line of at most 100 characters, as Discord wants it, and fields with labels and hints', () => {
    for (const command of commands) {
      const asks = Object.values(command.args).some((field) => field.name !== 'on');
      if (!command.hidden || asks)
        expect([command.name, both(`command.${command.name}`)]).toEqual([command.name, true]);
      for (const language of languages) {
        if (both(`command.${command.name}`))
          expect([...translate(language, `command.${command.name}`)].length).toBeLessThanOrEqual(100);
        for (const field of Object.values(command.args)) {
          const texts = [field.label, field.hint, ...field.choices.map((c) => c.say)].map((say) =>
            speak(language, say),
          );
          for (const text of texts) expect(text.length).toBeLessThanOrEqual(100);
          expect(field.name).toMatch(/^[a-z][a-z_]{0,31}$/);
          expect(field.choices.length).toBeLessThanOrEqual(25);
        }
      }
    }
  });

  test('have names of their own that every chat takes', () => {
    const names = commands.map((c) => c.name);
    expect(new Set(names).size).toBe(names.length);
    for (const command of commands) if (!command.hidden) expect(command.name).toMatch(/^[a-z]{1,32}$/);
  });
});

test('every key that the bot says exists in both languages', () => {
  const unknown: string[] = [];
  const transferKinds = ['topup', 'rent', 'rent_credit', 'refund', 'repay', 'match', 'adjust'];
  const values: Record<string, readonly string[]> = {
    'topup.status': Object.keys(topupMoves),
    'row.topupStatus': Object.keys(topupMoves).filter((status) => status !== 'settled'), // that one has moved money
    'row.kind': [...transferKinds, 'suspend', 'return', 'join'],
    kind: transferKinds,
    'view.kind': transferKinds,
    status: transactionStatuses,
    value: [],
    'view.status': transactionStatuses,
    group: noticeGroups,
    to: ['on', 'off'],
    language: languages,
    'ctx.language': languages,
    agreed: ['joined', 'waiting_for_other'],
    'refusal.code': refusalCodes,
    failure: refusalCodes,
    'notice.kind': noticeKinds,
    'command.name': [],
    standing: ['expired', 'cancelled'],
    'view.standing': ['trial', 'active', 'grace', 'expired', 'cancelled'],
    'outlook.kind': ['renews', 'short', 'lapses', 'ends', 'stops', 'paused'],
    'q.does': ['start', 'renew', 'upgrade'],
    quota: quotas,
    name: strategies.map((strategy) => strategy.name),
    'row.strategy': strategies.map((strategy) => strategy.name),
    'run.kind': runKinds,
    'run.status': ['queued', 'running', 'done', 'failed', 'cancelled'],
    what: ['trades', 'report', 'optimize', 'walk_forward', 'compare', 'monte_carlo'],
    trouble: [...troubleKinds, STOPPED],
    warning: ['withdraw_unknown', 'ip_open', 'ip_unknown', 'cannot_trade'],
    'hindrance.code': refusalCodes,
    column: ['date', 'time', 'kind', 'status', 'in', 'out', 'balance', 'reference'],
    key: [],
  };
  for (const file of globSync('src/bot/**/*.ts', { cwd: ROOT.pathname })) {
    const source = read(file);
    const said = [
      ...source.matchAll(/\[\s*(['`])([a-z]+\.[a-z_.${}A-Z]+)\1/g),
      ...source.matchAll(/(?:translate\([^,]+,|say\()\s*(['`])([a-z]+\.[a-z_.${}A-Z]+)\1/g),
      ...source.matchAll(/\? (['`])([a-z]+\.[a-z_]+)\1 : /g),
    ];
    for (const [, , key = ''] of said) {
      const hole = /\$\{([^}]+)\}/.exec(key);
      const keys = hole ? (values[hole[1] ?? ''] ?? [`?${hole[1]}`]).map((v) => key.replace(hole[0], v)) : [key];
      unknown.push(...keys.filter((k) => !both(k) && !k.endsWith('.json')).map((k) => `${file}: ${k}`));
    }
  }
  expect(unknown).toEqual([]);
});

test('a notice says a number of things with COUNT: what notices carry is kept as text', () => {
  const bare: string[] = [];
  for (const language of languages) {
    const { body } = new FluentResource(textsOf(language));
    for (const { id, value } of body.filter(({ id }) => id.startsWith('notice-')))
      JSON.stringify(value, (_, part: unknown) => {
        if (isChoiceByNumber(part) && part.selector.type !== 'func') bare.push(`${language}: ${id}`);
        return part;
      });
  }
  expect(bare).toEqual([]);
});

/** A choice among plural forms; a choice among words is none. */
function isChoiceByNumber(part: unknown): part is { selector: { type: string } } {
  if (!part || typeof part !== 'object' || !('variants' in part)) return false;
  return /"value":"(zero|one|two|few|many)"|"type":"num"/.test(JSON.stringify(part.variants));
}

describe('words', () => {
  test.each([1, 1n, '1'])('go by a number, whether it is one or was kept as text: %o', (one) => {
    const [many, named] = [String(one).replace('1', '3'), { planTh: 'เบสิก', planEn: 'Basic', until: new Date(0) }];
    const grace = (daysLeft: typeof one) =>
      translate('en', 'notice.contract.grace', { ...named, daysLeft, totalSatang: 499_00n });
    expect(grace(one)).toMatch(/ 1 day is left\.$/);
    expect(grace(many)).toMatch(/ 3 days are left\.$/);
    const extended = (days: typeof one) => translate('en', 'notice.contract.extended', { ...named, days });
    expect(extended(one)).toContain('added 1 day to your Basic contract');
    expect(extended(many)).toContain('added 3 days to your Basic contract');
    expect(translate('en', 'contract.days', { days: one })).toBe('1 day');
    expect(translate('th', 'notice.contract.grace', { ...named, daysLeft: one, totalSatang: 1n })).toContain('1 วัน');
  });

  test('do not go by what is no number', () => {
    for (const days of ['', 'two', '1.5']) expect(() => translate('en', 'contract.days', { days })).toThrow(/count/);
  });

  test('of a limit agree with it', () => {
    const most = (n: number) => translate('en', 'error.feature.quota_most', { quota: 'tradingBots', most: n });
    expect(most(1)).toContain('You have 1 trading bot,');
    expect(most(2)).toContain('You have 2 trading bots,');
  });

  test('carry money, moments in Bangkok time and the Buddhist era', () => {
    const at = new Date('2026-12-31T18:30:00Z'); // already the new year in Bangkok
    expect(formatAt('th', at)).toMatch(/1 ม\.ค\. 2570.*01:30/);
    expect(formatAt('en', at)).toBe('1 Jan 2027, 01:30');
    expect(formatAt('en', at, 'time')).toBe('01:30');
    expect(translate('en', 'value.money', { amountSatang: 9_007_199_254_740_993n })).toBe('฿90,071,992,547,409.93');
    expect(translate('en', 'value.at', { at })).toBe(translate('en', 'value.at', { at: at.toISOString() }));
  });

  test('that a person typed are not run as words of ours', () => {
    const name = '{ MONEY($amountSatang) } { $reference }';
    expect(translate('en', 'menu.greeting', { name })).toContain(name);
  });

  test('that do not exist, or lack a variable, are a bug that shows at once', () => {
    expect(() => translate('en', 'no.such.key')).toThrow(/no text for "no.such.key"/);
    expect(() => translate('th', 'menu.greeting')).toThrow(/menu.greeting/);
  });

  test.each([
    ['th', 'th'],
    ['TH-th', 'th'],
    ['en-US', 'en'],
    ['fr', 'en'],
    ['', 'th'],
    [undefined, 'th'],
  ])('are chosen by a hint of %s: %s', (hint, language) => {
    expect(languageFrom(hint)).toBe(language);
  });
});
