import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { later, minutes } from '../../src/core/clock.ts';
import type { UserId } from '../../src/core/id.ts';
import { readBalances } from '../../src/core/money/ledger.ts';
import { setOperatorLanguage } from '../../src/core/ops/operator.ts';
import { tellHolders } from '../../src/core/rental/reprice.ts';
import { coupon, plan } from '../../src/core/rental/tables.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { job } from '../support/money.ts';
import { firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';
import { BASIC, contractOf, DAY_MS, rentedBy, told } from '../support/rental.ts';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let complaints: string[] = [];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
  complaints = [];
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await served.close();
  expect(complaints).toEqual([]);
});

type Look = { name: string; viewport: { width: number; height: number }; scheme: 'light' | 'dark' };

const looks: Look[] = [
  { name: 'desktop', viewport: { width: 1280, height: 900 }, scheme: 'light' },
  { name: 'phone', viewport: { width: 390, height: 844 }, scheme: 'dark' },
];

/** The owner's window. Whatever the browser complains about is collected, breaches of the policy included. */
async function open(look: Look): Promise<Page> {
  const context = await browser.newContext({ viewport: look.viewport, colorScheme: look.scheme, locale: 'en-GB' });
  contexts.push(context);
  await context.addCookies([{ name: 'panel', value: owner.token, url: `${served.origin}/admin` }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    // A form that comes back with a problem has the status of its refusal, which the browser reports as well.
    const isAnswer = /status of 4(01|03|09|22)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${served.origin}/admin`);
  return page;
}

/** Fits the window, and no two fields share a name by which labels find them. With SCREENSHOTS=<folder> it is drawn there. */
async function picture(page: Page, name: string): Promise<void> {
  const [wide, ids] = await page.evaluate<[number, string[]]>(
    '[document.documentElement.scrollWidth - document.documentElement.clientWidth, [...document.querySelectorAll("[id]")].map(({ id }) => id)]',
  );
  expect(wide, name).toBeLessThanOrEqual(0);
  expect(
    ids.filter((id, n) => ids.indexOf(id) !== n),
    name,
  ).toEqual([]);
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `rental-${name}.png`), fullPage: true });
}

const enter = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
/** Opens the form of one of the things that can be done. */
const choose = async (page: Page, name: string) => {
  await page.locator('#acts').getByRole('link', { name, exact: true }).click();
  await page.locator('#acts [aria-current]').getByText(name, { exact: true }).waitFor();
};
const done = (page: Page, words: string) => page.getByRole('status').getByText(words, { exact: true }).waitFor();
const wallet = async (userId: UserId) => (await readBalances(served.world.ctx(job), userId)).walletSatang;

describe.each(looks)('on a $name', (look) => {
  test('a plan is made, corrected where it says so, looked at before its price changes, and retired', async () => {
    const { world } = served;
    const { userId } = await world.person('สมศรี ใจดี');
    await rentedBy(world, userId);
    const page = await open(look);
    await goTo(page, 'Plans');
    await page.getByRole('link', { name: 'New plan' }).click();
    await page.getByRole('heading', { name: 'New plan' }).waitFor();
    await enter(page, 'Code', 'Not a code!');
    await enter(page, 'Price for 30 days in baht, VAT included', '199');
    for (const label of ['Name in Thai', 'Name in English', 'About, in Thai', 'About, in English'])
      await enter(page, label, 'Starter');
    await page.getByLabel('Plugins').check();
    await press(page, 'Create');
    await page.locator('#code-problem').getByText('The code is 2 to 32 small letters').waitFor();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('code');
    expect(await page.getByLabel('Plugins').isChecked()).toBe(true);
    await picture(page, `${look.name}-plan-refused`);
    await enter(page, 'Code', 'starter');
    await enter(page, 'Days of trial', '61');
    await press(page, 'Create');
    await page.locator('#trialDays-problem').getByText('a whole number from 0 to 60').waitFor();
    await enter(page, 'Days of trial', '0');
    await press(page, 'Create');
    await done(page, 'The plan is offered.');
    await picture(page, `${look.name}-plan`);

    await goTo(page, 'Plans');
    await page.getByRole('link', { name: 'Basic', exact: true }).click();
    await page.getByRole('link', { name: 'สมศรี ใจดี' }).waitFor();
    await choose(page, 'Change the price');
    await press(page, 'Preview');
    await page.locator('#price-problem').getByText('This is the price already').waitFor();
    await enter(page, 'Price for 30 days in baht, VAT included', '599');
    await press(page, 'Preview');
    const preview = page.locator('[data-preview]');
    await preview.getByText('฿599.00').waitFor();
    expect(await preview.textContent()).toMatch(/฿499\.00.*\+฿100\.00 \(\+20\.0 %\).*one person/s);
    await picture(page, `${look.name}-reprice`);
    world.clock.pass(minutes(11));
    await press(page, 'Change the price now');
    await page.locator('#reason:invalid').waitFor(); // the browser itself asks for it
    await enter(page, 'Reason', 'costs have risen');
    await press(page, 'Change the price now');
    await page.locator('#proof-problem').waitFor();
    await preview.getByText('฿599.00').waitFor();
    expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('costs have risen');
    await enter(page, 'Your password or a code', PASSWORD);
    await press(page, 'Change the price now');
    await done(page, 'The new price holds. Holders are being told.');
    await tellHolders(world.ctx(job));
    expect(await told(world, userId, 'plan.repriced')).toMatchObject([{ priceSatang: '59900' }]);

    await choose(page, 'Take out of the offer');
    await enter(page, 'Reason', 'it is replaced');
    await owner.ctx.db.update(plan).set({ version: 9 }).where(eq(plan.id, BASIC)); // somebody else was faster
    await press(page, 'Take out of the offer');
    await page.getByRole('alert').getByText('Somebody else has changed this plan').waitFor();
    await choose(page, 'Take out of the offer');
    await enter(page, 'Reason', 'it is replaced');
    await press(page, 'Take out of the offer');
    await done(page, 'Saved: the state of the plan is another one.');
    await page.getByText('Retired', { exact: true }).waitFor();
    await setOperatorLanguage(owner.ctx, { language: 'th' });
    await page.goto(`${served.origin}/admin/plans/${BASIC}?act=reprice&price=699`);
    await page.getByText('ดูผลก่อนเปลี่ยน').waitFor();
    await picture(page, `${look.name}-reprice-thai`);
  }, 60_000);

  test('a contract is lengthened, its clock stopped and started, ended with its term and let go on, and refunded', async () => {
    const { world } = served;
    const { userId } = await world.person(`${'W'.repeat(40)} สมศรี`);
    await rentedBy(world, userId);
    const before = await contractOf(world, userId);
    const page = await open(look);
    await goTo(page, 'Contracts');
    await picture(page, `${look.name}-contracts`);
    await page.getByLabel('State').selectOption('cancelled');
    await page.getByText('Nothing matches.').waitFor();
    await page.goto(`${served.origin}/admin/contracts/${before.id}`);

    await choose(page, 'Give days');
    await enter(page, 'Days', '367');
    await enter(page, 'Reason', 'made up for an outage');
    await press(page, 'Give days');
    await page.locator('#days-problem').getByText('1 to 366').waitFor();
    expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('made up for an outage');
    await picture(page, `${look.name}-days-refused`);
    await enter(page, 'Days', '3');
    await press(page, 'Give days');
    await done(page, 'The days are given.');
    expect((await contractOf(world, userId)).paidUntil).toEqual(later(before.paidUntil, 3 * DAY_MS));

    const acts = [
      ['Stop the clock', 'The clock is stopped.', 'paused'],
      ['Start the clock', 'The clock runs again.', 'resumed'],
      ['End with the term', 'The contract ends with its term.', 'end_set'],
      ['Let it be renewed', 'The contract may be renewed again.', 'end_unset'],
    ] as const;
    for (const [name, words, notice] of acts) {
      await choose(page, name);
      await enter(page, 'Reason', `for ${notice}`);
      await press(page, name);
      await done(page, words);
      await picture(page, `${look.name}-${notice}`);
      expect(await told(world, userId, `contract.${notice}`)).toHaveLength(1);
      world.clock.pass(minutes(1));
    }
    const happened = page.locator('section').filter({ hasText: 'What happened' });
    await happened.getByText('Stood still for').waitFor();
    await happened.getByText('made up for an outage').waitFor();

    await choose(page, 'End now and refund');
    await page.getByText(/฿49\d\.\d\d for unused time/).waitFor();
    await enter(page, 'Reason', 'asked for it');
    await picture(page, `${look.name}-refund`);
    await press(page, 'End now and refund');
    await done(page, 'The contract has ended and the money is back in the wallet.');
    expect(await page.locator('#acts').count()).toBe(0);
    expect(await wallet(userId)).toBeGreaterThan(49_000n);
    expect((await contractOf(world, userId)).status).toBe('cancelled');
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    await setOperatorLanguage(owner.ctx, { language: 'th' });
    await page.reload();
    await picture(page, `${look.name}-refunded-thai`);
  }, 60_000);

  test('a coupon is made once, whatever is wrong with it stands beside its field, and it is retired', async () => {
    const page = await open(look);
    await goTo(page, 'Coupons');
    await page.getByText('Nothing yet.').waitFor();
    await page.getByRole('link', { name: 'New coupon' }).click();
    await enter(page, 'Code', 'welcome10');
    await enter(page, 'Percent off', '200');
    await press(page, 'Create');
    await page.locator('#percent-problem').getByText('a whole number from 1 to 100').waitFor();
    await enter(page, 'Percent off', '10');
    await enter(page, 'Last day', '2026-11-01');
    await press(page, 'Create');
    await page.locator('#validUntil-problem').getByText('comes before the first').waitFor();
    await picture(page, `${look.name}-coupon-refused`);
    await enter(page, 'Last day', '2026-12-31');
    await page.getByLabel('Premium').check();
    await press(page, 'Create');
    await done(page, 'The coupon can be used.');
    await page.getByText('21 Nov 2026 – 31 Dec 2026').waitFor();
    await picture(page, `${look.name}-coupon`);
    await page.goto(`${served.origin}/admin/coupons/new`);
    await enter(page, 'Code', 'WELCOME10');
    await enter(page, 'Percent off', '10');
    await press(page, 'Create');
    await page.locator('#code-problem').getByText('There is a coupon WELCOME10 already').waitFor();
    await goTo(page, 'Coupons');
    await picture(page, `${look.name}-coupons`);
    await page.getByRole('link', { name: 'WELCOME10' }).click();
    served.world.clock.pass(minutes(11));
    await page.getByRole('heading', { name: 'Coupon WELCOME10' }).waitFor();
    await enter(page, 'Reason', 'printed wrongly');
    await press(page, 'Retire the coupon');
    await page.locator('#proof-problem').waitFor();
    await enter(page, 'Your password or a code', PASSWORD);
    await press(page, 'Retire the coupon');
    await done(page, 'The coupon is retired.');
    expect(await owner.ctx.db.$count(coupon)).toBe(1);
    await setOperatorLanguage(owner.ctx, { language: 'th' });
    await page.goto(`${served.origin}/admin/coupons/new`);
    await press(page, 'สร้าง');
    await picture(page, `${look.name}-coupon-form-thai`);
  }, 60_000);
});

test('the menu opens by keyboard on a phone, closes by Escape, and says where one is', async () => {
  const [, phone] = looks;
  if (!phone) throw new Error('there is no phone');
  const page = await open(phone);
  const link = page.locator('#doors').getByRole('link', { name: 'Coupons', exact: true });
  expect(await link.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'Menu' }).focus();
  await page.keyboard.press('Enter');
  await link.waitFor();
  await picture(page, 'phone-menu');
  await page.keyboard.press('Escape');
  await link.waitFor({ state: 'hidden' });
  await goTo(page, 'Coupons');
  expect(await page.locator('#doors [aria-current=page]').textContent()).toBe('Coupons');
  await page.setViewportSize({ width: 1280, height: 900 });
  await link.waitFor();
  expect(await page.getByRole('button', { name: 'Menu' }).isVisible()).toBe(false);
});
