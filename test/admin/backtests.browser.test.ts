import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { setOperatorLanguage } from '../../src/core/ops/operator.ts';
import type { Language } from '../../src/core/text/text.ts';
import { launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';
import { askRun, workNext } from '../support/runs.ts';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let context: BrowserContext;
const complaints: string[] = [];
const ids = { backtest: '', optimize: '', walk_forward: '' };

beforeAll(async () => {
  browser = await launchBrowser();
  served = await servePanel();
  owner = await firstOwner(served.world);
  const { userId } = await served.world.person('Somsri');
  for (const kind of ['backtest', 'optimize', 'walk_forward'] as const) {
    ids[kind] = (await askRun(served.world, userId, kind)).id;
    await workNext(served.world);
  }
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
});
afterEach(async () => {
  await context.close();
  expect(complaints.splice(0)).toEqual([]);
});

/** Nothing is complained about, by the policy for scripts and styles least of all. */
async function open(language: Language, path: string, more: object = {}): Promise<Page> {
  await setOperatorLanguage(owner.ctx, { language });
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...more });
  await context.addCookies([{ name: 'panel', value: owner.token, url: served.origin }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${served.origin}/admin/backtests${path}`);
  return page;
}

const curves = (page: Page) => page.locator('#chart-curves .chart svg');
const map = (page: Page) => page.locator('#chart-map .chart svg');
const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

/** Puts the pointer at a place of a chart, given as shares of its size. */
async function point(page: Page, chart: ReturnType<typeof curves>, x: number, y: number) {
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no place');
  const at = { x: box.x + box.width * x, y: box.y + box.height * y };
  await page.mouse.move(at.x, at.y);
  return { at, box };
}

describe.each([
  ['en', 'light', { width: 1280, height: 900 }],
  ['th', 'dark', { width: 390, height: 844 }],
] as const)('in %s and %s', (language, colorScheme, viewport) => {
  const look = { viewport, colorScheme };

  test('equity, buy-and-hold and drawdown are drawn, and say their figures where somebody points', async () => {
    const page = await open(language, `/${ids.backtest}`, look);
    await curves(page)
      .getByText(language === 'th' ? /ก\.ค\. 67/ : /Jul 24/)
      .first()
      .waitFor();
    await point(page, curves(page), 0.5, 0.3);
    const names = language === 'th' ? ['กลยุทธ์', 'ซื้อแล้วถือ', 'ขาดทุนจากจุดสูงสุด'] : ['Strategy', 'Buy and hold', 'Drawdown'];
    for (const name of names) await curves(page).getByText(name).first().waitFor();
    const said = (await curves(page).textContent()) ?? '';
    expect(said).toMatch(language === 'th' ? /2567.+UTC/ : /2024.+UTC/);
    expect(said).toMatch(/-\d+\.\d\d%/);
    expect(await page.evaluate<number>(tooWide)).toBeLessThanOrEqual(0);
  });

  test('a search is drawn as a map whose cells say what they are', async () => {
    const page = await open(language, `/${ids.optimize}`, look);
    await map(page).waitFor();
    await point(page, map(page), 0.3, 0.3);
    await map(page)
      .getByText(/^Sharpe -?\d+\.\d\d/)
      .first()
      .waitFor();
    expect(await page.evaluate<number>(tooWide)).toBeLessThanOrEqual(0);
  });

  test('a walk-forward has its curves as well', async () => {
    const page = await open(language, `/${ids.walk_forward}`, look);
    await curves(page)
      .getByText(/^-\d+%$/)
      .first()
      .waitFor();
    expect(await page.evaluate<number>(tooWide)).toBeLessThanOrEqual(0);
  });
});

test('the slider chooses a stretch, and light and dark are followed', async () => {
  const page = await open('en', `/${ids.backtest}`);
  const labels = () => curves(page).locator('text').allTextContents();
  await curves(page)
    .getByText(/Jul 24/)
    .first()
    .waitFor();
  const whole = await labels();
  const { box } = await point(page, curves(page), 0.99, 0.95);
  const left = box.x + 58; // where the slider begins
  await page.mouse.move(left + 2, box.y + box.height - 19);
  await page.mouse.down();
  await page.mouse.move(left + box.width * 0.7, box.y + box.height - 19, { steps: 8 });
  await page.mouse.up();
  await expect.poll(async () => (await labels()).some((label) => label === '1 Apr 24')).toBe(false);
  expect(await labels()).not.toEqual(whole);
  const label = curves(page).locator('text').first();
  const before = await label.getAttribute('fill');
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await expect.poll(() => label.getAttribute('fill')).not.toBe(before);
});

test('without a script the same stands in tables', async () => {
  const page = await open('en', `/${ids.backtest}`, { javaScriptEnabled: false });
  expect(await page.locator('#chart-curves .chart').isVisible()).toBe(false);
  await page.locator('#chart-curves summary').click();
  await page.locator('#chart-curves table').getByText('1 Jan 2024').first().waitFor();
  await page.locator('.matrix').getByText('2024', { exact: true }).waitFor();
  await page.goto(`${served.origin}/admin/backtests/${ids.optimize}`);
  await page.locator('#chart-map summary').click();
  expect(await page.locator('#chart-map tbody tr').count()).toBe(3);
});

test('the filter changes the list in its place, and the queue is fetched again by itself', async () => {
  const page = await open('en', '');
  expect(await page.locator('#list tbody tr').count()).toBe(3);
  await page.locator('#kind').selectOption('optimize');
  await expect.poll(() => page.locator('#list tbody tr').count()).toBe(1);
  expect(page.url()).toContain('kind=optimize');
  const { userId } = await served.world.person('Niran');
  const { id } = await askRun(served.world, userId, 'backtest');
  await page.evaluate("htmx.ajax('GET', '/admin/backtests/queue', { target: '#queue', swap: 'outerHTML' })");
  await page.locator('#queue').getByText('the oldest for').waitFor();
  await page.goto(`${served.origin}/admin/backtests/${id}`);
  await page.locator('#reason').fill('too many at once');
  await page.keyboard.press('Enter');
  await page.getByText('The run is being stopped').waitFor();
  await page.getByText('too many at once').waitFor();
});
