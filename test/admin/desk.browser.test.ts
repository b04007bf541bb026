import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAccounts } from '../../src/core/money/ledger.ts';
import { reconcile } from '../../src/core/money/reconcile.ts';
import { topupLimits } from '../../src/core/money/settings.ts';
import { readSetting, writeSetting } from '../../src/core/setting.ts';
import { jobs } from '../../src/jobs/list.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { openQueue, type TestQueue } from '../support/desk.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { job } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';

let browser: Browser;
let served: ServedPanel;
let queue: TestQueue;
let owner: TestOperator;
let complaints: string[] = [];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  complaints = [];
  served = await servePanel({
    openDesk: async (world) => {
      queue = await openQueue(world, jobs);
      return queue.desk;
    },
  });
  owner = await firstOwner(served.world);
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await queue.close();
  await served.close();
  expect(complaints).toEqual([]);
});

/** A window of somebody who is signed in, which collects whatever the browser has to complain about. */
async function open(
  token: string,
  viewport: { width: number; height: number },
  scheme: 'light' | 'dark',
): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale: 'en-GB' });
  contexts.push(context);
  await context.addCookies([{ name: 'panel', value: token, url: `${served.origin}/admin`, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    // A form that comes back with a problem has the status of its refusal, which the browser reports as well.
    const isAnswer = /status of 4(01|09|22)/.test(message.text());
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

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const go = (page: Page, path: string) => page.goto(served.origin + path);

async function inThai(page: Page, look: () => Promise<void>): Promise<void> {
  await press(page, 'ไทย');
  await page.locator('html[lang=th]').waitFor();
  await look();
  await press(page, 'English');
  await page.locator('html[lang=en]').waitFor();
}

describe.each([
  ['desktop', { width: 1280, height: 900 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'dark'],
] as const)('on a %s', (shot, viewport, scheme) => {
  test('a setting with a mistake is corrected, overtaken by a colleague, looked at and saved', async () => {
    const page = await open(owner.token, viewport, scheme);
    const other = await colleague(served.world, owner, 'manager', 'Niran');
    await go(page, '/admin');
    await goTo(page, 'Settings');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await picture(page, `${shot}-settings`);
    await inThai(page, () => picture(page, `${shot}-settings-th`));

    await page.getByRole('link', { name: 'Change: Top-ups' }).click();
    await page.getByLabel('Smallest amount (baht)').fill('60,000');
    await page.getByLabel('A QR can be paid for (minutes)').fill('many');
    await page.keyboard.press('Enter');
    await page.locator('#expiryMinutes-problem').waitFor();
    expect(await page.getByLabel('Smallest amount (baht)').inputValue()).toBe('60,000');
    await page.getByLabel('A QR can be paid for (minutes)').fill('20');
    await page.keyboard.press('Enter');
    expect(await page.locator('#minSatang-problem').textContent()).toContain('above the largest');
    await picture(page, `${shot}-setting-mistake`);
    await page.getByLabel('Smallest amount (baht)').fill('50');

    const value = { ...topupLimits.fallback, expiryMinutes: 30 };
    await writeSetting(other.ctx, topupLimits, { value, version: 0 });
    await press(page, 'Review');
    await page.getByText('Niran changed this at').waitFor();
    await page.getByText('Stored now: 30 minutes').waitFor();
    await picture(page, `${shot}-setting-stale`);
    served.world.clock.pass(11 * 60_000);
    await press(page, 'Review');
    await page.getByRole('cell', { name: '20 minutes' }).waitFor();
    await picture(page, `${shot}-setting-review`);
    await page.getByLabel('Your password or a code').fill('wrong');
    await press(page, 'Save');
    await page.locator('#proof-problem').waitFor();
    await page.getByLabel('Your password or a code').fill(PASSWORD);
    await press(page, 'Save');
    await page.getByText('Saved. It holds from now on.').waitFor();
    await picture(page, `${shot}-setting-saved`);
    expect(await readSetting(owner.ctx, topupLimits)).toMatchObject({ minSatang: 50_00n, expiryMinutes: 20 });
    await go(page, '/admin/settings/notices.quiet_hours');
    await page.getByLabel('From').fill('22:00');
    await page.getByLabel('To', { exact: true }).fill('07:00');
    await press(page, 'Review');
    await page.getByRole('cell', { name: '22:00' }).waitFor();
    await go(page, '/admin/settings/receipt.issuer');
    await inThai(page, async () => {
      await go(page, '/admin/settings/receipt.issuer');
      await picture(page, `${shot}-setting-th`);
    });
  }, 60_000);

  test('a job that failed is retried, a dead letter dropped, a job run at once and the ledger compared', async () => {
    const { db } = served.world.ctx(job);
    const { userId } = await served.world.person('Somsri');
    await openAccounts(served.world.ctx(job), userId);
    await reconcile(served.world.ctx(job));
    await db.execute(`update ledger_account set balance_satang = 5, version = 1 where id = 'wallet:${userId}'`);
    await reconcile(served.world.ctx(job));
    const first = await queue.giveUp('chats.forget', 'connect ECONNREFUSED 127.0.0.1:5432');
    await queue.giveUp('audit.verify', '<b>the chain could not be read</b>');
    await queue.sql`insert into queue.job (name, state, output, started_on, completed_on) values
      ('topups.expire', 'completed', '{"summary": {"expired": 3}, "badNews": false}', now() - interval '40 ms', now())`;
    const page = await open(owner.token, viewport, scheme);
    await go(page, '/admin/jobs');
    await picture(page, `${shot}-jobs`);
    await inThai(page, () => picture(page, `${shot}-jobs-th`));
    const row = page.getByRole('row').filter({ hasText: 'notices.forget' });
    await row.getByRole('button', { name: 'Run now' }).click();
    await page.getByText('The job is in the queue.').waitFor();
    await row.getByText('1 waiting').waitFor();

    await page.getByRole('link', { name: 'Failures' }).click();
    await page.getByText('<b>the chain could not be read</b>').waitFor();
    await picture(page, `${shot}-failures`);
    await page.getByRole('row').filter({ hasText: 'ECONNREFUSED' }).getByRole('button', { name: 'Retry' }).click();
    await page.getByText('The run is in the queue once more.').waitFor();
    const [run] = await queue.sql`select state from queue.job where id = ${first.runId}`;
    expect(run?.state).toBe('retry');

    await page.getByRole('link', { name: 'Dead letters' }).click();
    await page.getByText('the chain could not be read').waitFor();
    expect(await page.getByText('ECONNREFUSED').count()).toBe(0); // its run is tried again
    await picture(page, `${shot}-dead`);
    await press(page, 'Drop');
    await page.getByText('There are no dead letters.').waitFor();

    await goTo(page, 'Reconciliation');
    await picture(page, `${shot}-reconciliation`);
    await press(page, 'Run now');
    await page.getByText('A reconciliation waits in the queue.').waitFor();
    await page.getByRole('row').filter({ hasText: '1 difference' }).getByRole('link').click();
    await page.getByText('A balance differs from its last entry').waitFor();
    await picture(page, `${shot}-run`);
    await inThai(page, async () => {
      await go(page, '/admin/reconciliation');
      await picture(page, `${shot}-reconciliation-th`);
    });
  }, 60_000);
});
