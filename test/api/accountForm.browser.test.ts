import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { eq } from 'drizzle-orm';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountForm } from '../../src/api/accountForm/form.ts';
import { user } from '../../src/core/people/tables.ts';
import { translate } from '../../src/core/text/text.ts';
import { openAccountLink } from '../../src/core/trading/link.ts';
import { accountRows, asUser, freshKey, trader } from '../support/accounts.ts';
import { launchBrowser } from '../support/browser.ts';
import type { FakeExchanges } from '../support/exchanges.ts';
import { job } from '../support/money.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World<FakeExchanges>;
let server: ServerType;
let browser: Browser;
beforeAll(async () => {
  world = await createWorld();
  const app = accountForm(world.ctx(job));
  [browser, server] = await Promise.all([
    launchBrowser(),
    new Promise<ServerType>((resolve) => {
      const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (at: AddressInfo) => {
        world.site.url = `http://127.0.0.1:${at.port}`;
        resolve(started);
      });
    }),
  ]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 900 },
];

test.each(
  (['th', 'en'] as const).flatMap((language) =>
    sizes.flatMap((size) => (['light', 'dark'] as const).map((scheme) => ({ language, size, scheme }))),
  ),
)('is filled in by the keyboard alone, refused and then taken: %j', async ({ language, size, scheme }) => {
  const userId = await trader(world);
  await world.ctx(job).db.update(user).set({ language }).where(eq(user.id, userId));
  const context = await browser.newContext({ viewport: size, colorScheme: scheme });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    // A form that comes back says so with its status, which the browser notes.
    if (message.type() === 'error' && !/status of 422/.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  const { url } = await openAccountLink(asUser(world, userId), { userId });
  await page.goto(url);
  const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(await overflow()).toBe(0);
  const shot = (name: string) =>
    process.env.SCREENSHOTS &&
    page.screenshot({
      path: `${process.env.SCREENSHOTS}/form-${name}-${language}-${size.width}-${scheme}.png`,
      fullPage: true,
    });
  await shot('open');
  const type = async (texts: readonly string[]) => {
    for (const text of texts) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
  };
  const bad = freshKey();
  world.exchanges.told.set(bad.apiKey, { canWithdraw: true });
  await type(['Binance', 'บัญชีหลัก', '', bad.apiKey, bad.secret]);
  await page.waitForSelector('[role=alert]');
  expect(await overflow()).toBe(0);
  await shot('refused');
  expect(await page.inputValue('#label')).toBe('บัญชีหลัก');
  expect([await page.inputValue('#api_key'), await page.inputValue('#secret')]).toEqual(['', '']);
  expect(await page.getAttribute('#secret', 'type')).toBe('password');
  const good = freshKey();
  await page.fill('#api_key', good.apiKey);
  await page.fill('#secret', good.secret);
  await page.press('#secret', 'Enter');
  await page.waitForURL(/\/accounts\/done/);
  expect(await page.textContent('main')).toContain(translate(language, 'accountform.done'));
  await shot('done');
  expect(await accountRows(world, userId)).toMatchObject([{ label: 'บัญชีหลัก', exchange: 'binance' }]);
  expect(faults).toEqual([]);
  await context.close();
});
