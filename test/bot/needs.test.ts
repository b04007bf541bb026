import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Command } from '../../src/bot/command.ts';
import { commands } from '../../src/bot/commands/list.ts';
import { needsOf } from '../../src/bot/needs.ts';
import { days, minutes } from '../../src/core/clock.ts';
import { type Feature, features } from '../../src/core/rental/features.ts';
import { createPlan } from '../../src/core/rental/plan.ts';
import { listPlans } from '../../src/core/rental/view.ts';
import { languages, translate } from '../../src/core/text/text.ts';
import { type Chatter, chatter, type Shown } from '../support/chat.ts';
import { operator } from '../support/money.ts';
import { BASIC, ENTERPRISE, PREMIUM, rentedBy } from '../support/rental.ts';
import { createWorld, type World } from '../support/world.ts';

vi.mock('../../src/bot/commands/list.ts', async (original) => {
  const list = await original<{ commands: readonly Command[] }>();
  const { made } = await import('../support/gated.ts');
  return { commands: [...list.commands, ...made] };
});

let world: World;
let bare: string;
const people: Record<'none' | 'expired' | 'grace' | 'bare' | 'basic' | 'premium' | 'all', Chatter> = {} as never;

async function holder(planId?: string): Promise<Chatter> {
  const { userId, identity } = await world.person();
  if (planId) await rentedBy(world, userId, planId, { autoRenew: false });
  return chatter(world, { subject: identity.subject });
}

beforeAll(async () => {
  world = await createWorld();
  const opens = { features: [], quotas: { tradingBots: 0 }, trialDays: 0 };
  const words = { nameTh: 'เปล่า', nameEn: 'Bare', aboutTh: 'ว่าง', aboutEn: 'Opens nothing' };
  bare = (await createPlan(world.ctx(operator), { ...words, ...opens, code: 'bare', priceSatang: 9_999_00n })).id;
  // Nobody sweeps: the clock alone says who is in grace and whose contract is over.
  people.expired = await holder(ENTERPRISE);
  world.clock.pass(days(2));
  people.grace = await holder(ENTERPRISE);
  world.clock.pass(days(31));
  people.none = await holder();
  people.bare = await holder(bare);
  people.basic = await holder(BASIC);
  people.premium = await holder(PREMIUM);
  people.all = await holder(ENTERPRISE);
});
afterAll(() => world.close());

const gated = commands.flatMap((command) => {
  const needs = needsOf(command, commands);
  return needs === 'nothing' ? [] : [{ name: command.name, needs, command }];
});

/** Every way into a command: typed, chosen from Discord's menu, pressed, sent as a form. */
async function everyWay(me: Chatter, { name, args }: Command): Promise<Shown[]> {
  const given = Object.fromEntries(Object.values(args).map((field) => [field.name, 'x']));
  return [
    await me.types(`/${name}`),
    await me.sends({ kind: 'options', name, options: {} }),
    await me.presses(name),
    await me.presses(name, 'x'),
    await me.sends({ kind: 'form', command: name, args: given }),
  ];
}

const codeOf = ({ reply: { say } }: Shown): string => {
  const [first] = say ?? [];
  const key = Array.isArray(first) ? String(first[0]) : String(first ?? '');
  return key.startsWith('error.') ? key.slice('error.'.length) : 'ok';
};
const actions = ({ reply }: Shown) => (reply.buttons ?? []).flat().map(({ does, on }) => (on ? `${does}|${on}` : does));

describe('a command that needs something of a plan', () => {
  test('is among the commands, whoever declares it', () => {
    expect(gated.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['practise', 'practise.show', 'practise.show.all', 'listen', 'engage']),
    );
    expect(gated.map(({ name }) => name)).not.toContain('practise.about');
  });

  test.each(gated)('$name is refused without a contract, by every way, and offers the plans', async ({ command }) => {
    for (const shown of await everyWay(people.none, command)) {
      expect(codeOf(shown)).toBe('contract.none');
      expect(actions(shown)).toEqual(['plans']);
    }
  });

  test.each(gated)('$name is refused after grace, by every way, and offers renewal', async ({ command }) => {
    for (const shown of await everyWay(people.expired, command)) {
      expect(codeOf(shown)).toBe('contract.expired');
      expect(actions(shown)).toEqual(['renew', 'plans']);
    }
  });

  test.each(gated)('$name is refused to a plan that lacks it, and offers the one that has it', async (one) => {
    for (const shown of await everyWay(people.bare, one.command)) {
      expect(codeOf(shown)).toMatch(/^feature\.(not_in_plan|quota_reached)$/);
      expect(actions(shown)[0]).toMatch(/^plans\.show\|pln_/);
    }
  });

  test.each(gated)('$name is open to the plan that has it, and in grace as before', async ({ command }) => {
    for (const me of [people.all, people.grace])
      for (const shown of await everyWay(me, command)) {
        expect(codeOf(shown)).not.toMatch(/^(contract\.(none|expired)|feature\.|unexpected)/);
        expect(shown.form ?? shown.text).toBeTruthy();
      }
  });
});

test('a plan opens exactly the commands of its features', async () => {
  const offered = await listPlans(world.ctx(operator));
  const has = (planId: string, feature: Feature) =>
    offered.find(({ id }) => id === planId)?.features.includes(feature) ?? false;
  for (const { needs, command } of gated) {
    if (typeof needs === 'function') continue;
    expect(features).toContain(needs);
    for (const [planId, me] of [
      [BASIC, people.basic],
      [PREMIUM, people.premium],
    ] as const)
      for (const shown of await everyWay(me, command))
        expect([command.name, planId, codeOf(shown) === 'feature.not_in_plan']).toEqual([
          command.name,
          planId,
          !has(planId, needs as Feature),
        ]);
  }
});

test('the offered plan is the cheapest that does, and its button leads to it', async () => {
  const refused = await people.basic.types('/listen');
  const premium = { feature: 'live_notices', planTh: 'พรีเมียม', planEn: 'Premium' };
  expect(refused.text).toBe(translate('en', 'error.feature.not_in_plan', premium));
  expect(refused.buttons?.flat().map(({ label }) => label)[0]).toBe('Premium · ฿1,499.00');
  const shown = await people.basic.presses('plans.show', PREMIUM);
  expect(actions(shown)).toContain(`rent|upgrade.${PREMIUM}`);
});

test('room for one more is asked for when it is asked, and the plan with more room is offered', async () => {
  const refused = await people.basic.types('/engage');
  expect(codeOf(refused)).toBe('feature.quota_reached');
  expect(actions(refused)).toEqual([`plans.show|${PREMIUM}`, 'plans', 'contract']);
  expect(codeOf(await people.premium.types('/engage'))).toBe('ok');
});

test('what is behind a button of a gated command is gated too, unless it says that it needs nothing', async () => {
  expect(codeOf(await people.none.presses('practise.show', 'bt_1'))).toBe('contract.none');
  expect(codeOf(await people.none.presses('practise.show.all'))).toBe('contract.none');
  expect(codeOf(await people.none.presses('practise.about'))).toBe('ok');
  expect(codeOf(await people.basic.presses('practise.show', 'bt_1'))).toBe('ok');
});

test('a question that was open when the contract ended is refused with its answer, and is a question no more', async () => {
  const me = await holder(BASIC);
  const asked = await me.types('/practise');
  expect(asked.text).toContain(translate('en', 'field.plan'));
  world.clock.pass(days(33) - minutes(1));
  await me.types('/practise'); // in the last minute of grace
  world.clock.pass(minutes(1));
  expect(codeOf(await me.says('btc'))).toBe('contract.expired');
  expect((await me.says('btc')).text).toBe(translate('en', 'unknown.text'));
});

test('every refusal of it can be said in both languages', async () => {
  for (const language of languages) {
    const { identity } = await world.person();
    const me = chatter(world, { subject: `${identity.subject}-${language}`, languageHint: language });
    expect((await me.types('/listen')).text).toBe(translate(language, 'error.contract.none'));
  }
});
