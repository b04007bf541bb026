import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { days, later } from '../../src/core/clock.ts';
import { portfolioSnapshot } from '../../src/core/portfolio/tables.ts';
import { exchangeAccount } from '../../src/core/trading/tables.ts';
import { launchBrowser } from '../support/browser.ts';
import { balance, holding, position } from '../support/exchangePort.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { account, price } from '../support/portfolio.ts';

const HOSTILE = '"><img src=x onerror=alert(1)>';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let path: string;
beforeAll(async () => {
  browser = await launchBrowser();
  served = await servePanel();
  const { world } = served;
  owner = await firstOwner(world);
  await price(world, 'BTC/USDT', '50000');
  await price(world, 'USDT/THB', '32.5', 'bitkub');
  const { userId } = await world.person();
  const short = position('BTC/USDT:USDT', { side: 'short', qtyBase: '0.1', entryPrice: '51000', markPrice: '50000' });
  await account(world, userId, { label: 'Main', reading: holding([balance('USDT', '1000'), balance('BTC', '0.5')]) });
  const bad = await account(world, userId, { label: HOSTILE, reading: holding([balance('USDT', '500')], [short]) });
  await account(world, userId, {
    label: 'Demo',
    exchange: 'demo',
    endpoint: 'demo',
    reading: holding([balance('USDT', '9')]),
  });
  const now = world.clock.now();
  await owner.ctx.db
    .update(exchangeAccount)
    .set({ trouble: 'maintenance', troubleSince: now })
    .where(eq(exchangeAccount.id, bad));
  const rows = Array.from({ length: 90 }, (_, n) => ({
    userId,
    accountId: '',
    at: later(now, -days(n)),
    valueUsdt: String(26000 + 900 * Math.sin(n / 5)),
    flowUsdt: '0',
    realisedUsdt: '0',
    unrealisedUsdt: '0',
    isPartial: false,
  }));
  await owner.ctx.db.insert(portfolioSnapshot).values(rows);
  path = `/admin/users/${userId}/portfolio`;
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

test.each([
  { width: 1280, height: 900, colorScheme: 'light' as const },
  { width: 390, height: 844, colorScheme: 'dark' as const },
])('an operator sees what a person’s accounts are worth, at $width px', async ({ width, height, colorScheme }) => {
  const complaints: string[] = [];
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  await context.addCookies([{ name: 'panel', value: owner.token, url: `${served.origin}/admin` }]);
  const page = await context.newPage();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', () => complaints.push('a dialog'));
  await page.goto(served.origin + path);
  await page.locator('#chart-value svg').waitFor();
  const text = await page.locator('main').innerText();
  for (const words of ['฿864,500.00', '26,600.00', 'maintenance', HOSTILE, 'BTC/USDT:USDT', '+100.00'])
    expect(text).toContain(words);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `portfolio-${width}.png`), fullPage: true });
  await page.getByRole('link', { name: 'Practice money' }).click();
  await page.getByText('9.00').first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('every role that may see people may see it, and without a script there is all but the picture', async () => {
  const auditor = await colleague(served.world, owner, 'auditor');
  const answer = await visitor(served.origin, auditor.token).get(path);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('26,600.00');
  expect((await visitor(served.origin, auditor.token).get('/admin/users/usr_none/portfolio')).status).toBe(404);
});
