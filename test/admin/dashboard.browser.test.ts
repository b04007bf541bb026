import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { setOperatorLanguage } from '../../src/core/ops/operator.ts';
import type { Language } from '../../src/core/text/text.ts';
import { launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { newTopup, record } from '../support/money.ts';
import { firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';
import { tcpProxy } from '../support/tcpProxy.ts';
import { paid } from '../support/world.ts';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let context: BrowserContext;
let complaints: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());
beforeEach(async () => {
  complaints = [];
  served = await servePanel();
  owner = await firstOwner(served.world);
});
afterEach(async () => {
  await context.close();
  await served.close();
  expect(complaints).toEqual([]);
});

async function open(
  language: Language,
  scheme: 'light' | 'dark' = 'light',
  more: object = {},
  way = served.origin,
): Promise<Page> {
  await setOperatorLanguage(owner.ctx, { language });
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: scheme, ...more });
  await context.addCookies([{ name: 'panel', value: owner.token, url: way }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(new URL('/admin', way).href);
  return page;
}

async function pay(name: string, amountSatang: bigint): Promise<void> {
  const { userId } = await served.world.person(name);
  const topup = await newTopup(served.world, userId, amountSatang);
  await record(served.world, paid(topup.reference, amountSatang));
}

const drawing = (page: Page, chart: string) => page.locator(`#chart-${chart} .chart svg`);

test('charts are drawn with Thai days, say what they hold, and stand as a table as well', async () => {
  await pay('สมศรี', 1_234_50n);
  const page = await open('th');
  await drawing(page, 'money')
    .getByText(/พ\.ย\. 69/)
    .first()
    .waitFor();
  expect(await drawing(page, 'money').textContent()).toContain('฿');
  const box = await page.locator('#chart-money .chart').boundingBox();
  if (!box) throw new Error('the chart has no place');
  await page.mouse.move(box.x + box.width * 0.94, box.y + box.height / 2);
  await drawing(page, 'money').getByText('฿1,234.50').waitFor();
  await drawing(page, 'money').getByText('21 พ.ย. 69').last().waitFor();
  for (const chart of ['outcome', 'users']) await drawing(page, chart).waitFor();
  const table = page.locator('#chart-money table');
  expect(await table.isVisible()).toBe(false);
  await page.locator('#chart-money summary').focus();
  await page.keyboard.press('Enter');
  expect(await table.locator('tbody tr').first().textContent()).toContain('21 พ.ย. 2569');
  expect(await table.locator('tbody tr').count()).toBe(30);
});

test('charts follow light and dark, and the width of the window', async () => {
  await pay('Somsri', 100_00n);
  const page = await open('en', 'dark');
  const label = drawing(page, 'users').locator('text').first();
  await label.waitFor();
  const dark = await label.getAttribute('fill');
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await expect.poll(() => label.getAttribute('fill')).not.toBe(dark);
  const width = async () => (await drawing(page, 'money').boundingBox())?.width ?? 0;
  const wide = await width();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect.poll(width).toBeLessThan(wide / 1.5);
  const scroll = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  await expect.poll(() => page.evaluate<number>(scroll)).toBeLessThanOrEqual(0);
});

test('new figures take the place of old ones, and an open table stays open', async () => {
  const page = await open('en');
  await drawing(page, 'money').waitFor();
  await page.locator('#chart-money summary').click();
  await pay('Somsri', 777_00n);
  await page.evaluate("htmx.ajax('GET', '/admin/charts', { target: '#charts', swap: 'outerHTML' })");
  await page.locator('#chart-money table').getByText('฿777.00').waitFor();
  await drawing(page, 'money').waitFor();
});

test('what happens appears by itself, as text, with its figures', async () => {
  const page = await open('en');
  await page.locator('.recent-live').getByText('live').waitFor();
  const name = '\u202e<img src=x onerror="document.title=1"><script>document.title=2</script>'.padEnd(400, 'x');
  await pay(name, 321_00n);
  const first = page.locator('#recent .event').first();
  await first.getByText('Top-up paid').waitFor();
  expect(await first.locator('bdi').first().textContent()).toContain('<img src=x');
  expect(await page.locator('#recent img, #recent script').count()).toBe(0);
  await page.locator('#figures').getByText('฿321.00').first().waitFor();
  expect(await page.title()).toBe('Dashboard · ABTPro');
});

test('a stream that was cut off goes on where it was, and nothing is shown twice', async () => {
  const way = await tcpProxy(served.origin);
  const page = await open('en', 'light', {}, way.url);
  await page.locator('.recent-live').getByText('live').waitFor();
  const shown = page.locator('#recent .event', { hasText: 'New user' });
  await served.world.person('One');
  await expect.poll(() => shown.count()).toBe(1);
  complaints = [];
  await way.cut();
  await page.locator('.recent-live').waitFor({ state: 'hidden' });
  await served.world.person('Two');
  await way.mend();
  await served.world.person('Three');
  await expect.poll(() => shown.count()).toBe(3);
  await page.waitForTimeout(300); // a second copy would come in the next round
  expect(await shown.count()).toBe(3);
  expect(complaints.every((words) => /ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(words))).toBe(true);
  complaints = []; // that the line was cut is no fault of the page
  await context.close();
  await way.cut();
});

test('without a script there are the figures, the tables and what has happened', async () => {
  await pay('Somsri', 100_00n);
  const page = await open('en', 'light', { javaScriptEnabled: false });
  await page.getByText('Top-up paid').first().waitFor();
  await page.locator('#chart-money summary').click();
  await page.locator('#chart-money table').getByText('฿100.00').waitFor();
  expect(await page.locator('#chart-money .chart').isVisible()).toBe(false);
});
