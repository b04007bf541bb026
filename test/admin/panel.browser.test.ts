import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateSync } from 'otplib/functional';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readBalances } from '../../src/core/money/ledger.ts';
import { recordGatewayEvent } from '../../src/core/money/settle.ts';
import { requestTopup } from '../../src/core/money/topup.ts';
import { offerFirstInvite } from '../../src/core/ops/invite.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { PASSWORD } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';
import { paid } from '../support/world.ts';

let browser: Browser;
let served: ServedPanel;
let complaints: string[] = [];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await served.close();
  expect(complaints).toEqual([]);
});

/** A window that collects whatever the browser has to complain about, breaches of the policy included. */
async function open(viewport: { width: number; height: number }, scheme: 'light' | 'dark'): Promise<Page> {
  complaints = [];
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale: 'en-GB' });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    // A form that comes back with a problem has the status of its refusal, which the browser reports as well.
    const isAnswer = /status of 4(01|22)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return page;
}

/** With SCREENSHOTS=<folder> the run leaves pictures there, to be looked at. */
async function picture(page: Page, name: string): Promise<void> {
  const wide = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(wide, name).toBeLessThanOrEqual(0);
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function unpaidTopup(name: string) {
  const { userId } = await served.world.person(name);
  const ctx = served.world.ctx({ kind: 'user', userId });
  const { topup } = await requestTopup(ctx, { userId, amountSatang: 1_250_50n, requestKey: name });
  return { topup, wallet: async () => (await readBalances(ctx, userId)).walletSatang };
}

async function enter(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(text);
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** From the one-time link to the dashboard; answers with what the operator's app would show next. */
async function becomeOwner(page: Page, shot: string): Promise<() => string> {
  const link = await offerFirstInvite(served.world.ctx({ kind: 'job', name: 'start' }));
  await page.goto(`${served.origin}/admin/invite/${link}`);
  await enter(page, 'Name', 'Malee');
  await enter(page, 'E-mail', 'malee@example.com');
  await enter(page, 'Password', PASSWORD);
  await picture(page, `${shot}-1-invite`);
  await press(page, 'Create account');
  const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '');
  const code = () => {
    served.world.clock.pass(30_000);
    return generateSync({ secret, epoch: Math.floor(served.world.clock.now().getTime() / 1000) });
  };
  await picture(page, `${shot}-2-enrol`);
  await enter(page, 'Code', '000000');
  await press(page, 'Continue');
  await page.locator('#code-problem').waitFor();
  await enter(page, 'Code', code());
  await press(page, 'Continue');
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
  await picture(page, `${shot}-3-recovery`);
  await page.getByRole('link', { name: 'I have kept them' }).click();
  return code;
}

describe.each([
  ['desktop', { width: 1280, height: 800 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'dark'],
] as const)('on a %s', (shot, viewport, scheme) => {
  test('an operator signs in with a second factor and settles a top-up by hand', async () => {
    served = await servePanel();
    const { topup, wallet } = await unpaidTopup('สมศรี ใจดี <b>');
    const gateway = served.world.ctx({ kind: 'gateway', provider: 'hook' });
    await recordGatewayEvent(gateway, 'hook', paid('TU0000000001', 99_00n));
    const page = await open(viewport, scheme);
    const code = await becomeOwner(page, shot);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await picture(page, `${shot}-4-dashboard`);
    await press(page, 'Seen');
    await page.getByText('Nothing to look at.').waitFor();
    await press(page, 'Sign out');

    await enter(page, 'E-mail', 'malee@example.com');
    await enter(page, 'Password', 'not the password');
    await page.keyboard.press('Enter');
    await page.locator('#password-problem').waitFor();
    await picture(page, `${shot}-5-sign-in`);
    await enter(page, 'Password', PASSWORD);
    await page.keyboard.press('Enter');
    await enter(page, 'Code', code());
    await picture(page, `${shot}-6-code`);
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await goTo(page, 'Payments');
    await picture(page, `${shot}-7-payments`);
    await page.getByLabel('State').selectOption('settled');
    await page.getByText('Nothing matches.').waitFor();
    expect(page.url()).toContain('status=settled');
    await page.getByLabel('State').selectOption('pending');
    await page.getByRole('link', { name: topup.reference }).click();
    await page.waitForURL(`**/admin/payments/${topup.id}`);
    served.world.clock.pass(11 * 60_000);
    await page.reload();
    await enter(page, 'Amount in baht', '1,250.50');
    await enter(page, 'Payment number', 'KBANK-20261121-1');
    await enter(page, 'Reason', 'seen on the statement');
    await enter(page, 'Your password or a code', 'wrong');
    await press(page, 'Settle by hand');
    await page.locator('#proof-problem').waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('seen on the statement');
    await picture(page, `${shot}-8-proof`);
    await enter(page, 'Your password or a code', code());
    await press(page, 'Settle by hand');
    await page.getByText('The money is in the wallet.').waitFor();
    await picture(page, `${shot}-9-settled`);
    expect(await wallet()).toBe(1_250_50n);

    for (const name of ['Suspense', 'Audit', 'Operators']) {
      await goTo(page, name);
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      await picture(page, `${shot}-${name.toLowerCase()}`);
    }
    await page.getByRole('link', { name: 'Malee' }).click();
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await picture(page, `${shot}-account`);
    await press(page, 'ไทย');
    await page.getByRole('heading', { name: 'บัญชีของคุณ' }).waitFor();
    await goTo(page, 'ภาพรวม');
    await page.getByRole('button', { name: 'สว่างหรือมืด' }).click();
    expect(await page.locator('html').getAttribute('data-bs-theme')).toBe(scheme === 'dark' ? 'light' : 'dark');
    await picture(page, `${shot}-thai`);
  }, 90_000);
});
