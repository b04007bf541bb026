import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readBalances } from '../../src/core/money/ledger.ts';
import { readUser } from '../../src/core/people/user.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { auditOf } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';

const HOSTILE = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let manager: TestOperator;
let complaints: string[] = [];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
  manager = await colleague(served.world, owner, 'manager', 'Nok');
  complaints = [];
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await served.close();
  expect(complaints).toEqual([]);
});

/** A window of an operator who has signed in. Whatever the browser complains about, or pops up, is collected. */
async function open(as: TestOperator, look: Look): Promise<Page> {
  const context = await browser.newContext({ viewport: look.viewport, colorScheme: look.scheme, locale: 'en-GB' });
  contexts.push(context);
  await context.addCookies([{ name: 'panel', value: as.token, url: `${served.origin}/admin` }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    // A form that comes back with a problem has the status of its refusal, which the browser reports as well.
    const isAnswer = /status of 4(03|09|22)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return page;
}

type Look = { name: string; viewport: { width: number; height: number }; scheme: 'light' | 'dark' };

/** With SCREENSHOTS=<folder> the run leaves pictures there, to be looked at. */
async function picture(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(wide, name).toBeLessThanOrEqual(0);
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `users-${name}.png`), fullPage: true });
}

const enter = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click();

describe.each<Look>([
  { name: 'desktop', viewport: { width: 1280, height: 900 }, scheme: 'light' },
  { name: 'phone', viewport: { width: 390, height: 844 }, scheme: 'dark' },
])('on a $name', (look) => {
  test('an operator finds a person, blocks and unblocks them, and adjusts their wallet with a second operator', async () => {
    const { userId } = await served.world.person(HOSTILE);
    await served.world.person('สมศรี ใจดี');
    const page = await open(owner, look);
    await page.goto(`${served.origin}/admin`);
    await goTo(page, 'Users');
    await picture(page, `${look.name}-1-list`);
    await page.getByLabel('Name, id, chat number or reference').fill('onerror=');
    await page.keyboard.press('Enter');
    await page.waitForURL(/text=onerror/);
    await page.locator('#list').getByText('สมศรี').waitFor({ state: 'detached' });
    await follow(page, HOSTILE);
    await page.getByRole('heading', { name: HOSTILE, level: 1 }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await picture(page, `${look.name}-2-person`);

    await follow(page, 'Block');
    await enter(page, 'Reason', HOSTILE);
    await picture(page, `${look.name}-3-block`);
    await press(page, 'Block');
    await page.getByText('Blocked.', { exact: true }).waitFor();
    expect((await readUser(owner.ctx, userId)).blockedReason).toBe(HOSTILE);
    await follow(page, 'Unblock');
    await enter(page, 'Reason', 'it was a mistake');
    await press(page, 'Unblock');
    await page.getByText('Unblocked.', { exact: true }).waitFor();

    await follow(page, 'Adjust wallet');
    await enter(page, 'Amount in baht', 'a lot');
    await enter(page, 'Reason', 'paid at the counter');
    await press(page, 'Adjust wallet');
    await page.locator('#amount-problem').waitFor();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('amount');
    expect(await page.getByLabel('Reason', { exact: true }).inputValue()).toBe('paid at the counter');
    await picture(page, `${look.name}-4-adjust`);
    await enter(page, 'Amount in baht', '2,500');
    await press(page, 'Adjust wallet');
    await page.getByText('waits for another operator').waitFor();
    await follow(page, '+฿2,500.00');
    await page.getByRole('button', { name: 'Withdraw' }).waitFor();
    expect(await page.getByRole('button', { name: 'Agree' }).count()).toBe(0);

    const second = await open(manager, look);
    await second.goto(`${served.origin}/admin`);
    await goTo(second, 'Adjustments');
    await picture(second, `${look.name}-5-adjustments`);
    await follow(second, '+฿2,500.00');
    await picture(second, `${look.name}-6-adjustment`);
    if (await second.getByLabel('Your password or a code').isVisible())
      await enter(second, 'Your password or a code', PASSWORD);
    await press(second, 'Agree');
    await second.getByText('The wallet is adjusted.').waitFor();
    expect((await readBalances(owner.ctx, userId)).walletSatang).toBe(2_500_00n);
    await follow(second, HOSTILE);
    await second.getByText('฿2,500.00').first().waitFor();
    await follow(second, 'Close account');
    await second.getByText('There are ฿2,500.00 in the wallet').waitFor();
    await picture(second, `${look.name}-7-close`);
    await second.getByRole('link', { name: 'All: Transactions' }).click();
    await second.getByRole('heading', { level: 1 }).waitFor();
    await picture(second, `${look.name}-8-transactions`);
    expect(await auditOf(served.world, userId)).toEqual([
      'user.joined',
      'user.blocked',
      'user.unblocked',
      'wallet.adjustment_asked',
      'wallet.adjusted',
    ]);
  }, 90_000);
});
