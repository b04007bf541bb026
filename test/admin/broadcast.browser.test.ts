import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ServerType, serve } from '@hono/node-server';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLocalChat, type LocalChat } from '../../src/bot/local/localChat.ts';
import { minutes } from '../../src/core/clock.ts';
import { deliverNotices } from '../../src/core/notices/notice.ts';
import { sendBroadcasts } from '../../src/core/ops/sendBroadcasts.ts';
import { meet } from '../../src/core/people/identity.ts';
import { crowd } from '../support/broadcasts.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { job } from '../support/money.ts';
import { firstOwner, PASSWORD } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';

const TEXT = `<b>Maintenance</b> tonight, 02:00–04:00 *Bangkok time*.

- Bots keep running
- Top-ups are credited afterwards
<img src=x onerror="document.title='broken'">`;
const SHOWN = `📣 ${TEXT}\n\nTo stop getting news: /settings`;
const THAI = `ปิดปรับปรุงระบบคืนนี้ เวลา 02:00–04:00 น.

- บอตเทรดทำงานต่อตามปกติ
- เงินที่เติมจะเข้าหลังระบบเปิด`;

let browser: Browser;
let served: ServedPanel;
let chat: LocalChat;
let chatServer: ServerType;
let chatOrigin = '';
let token = '';
let complaints: string[] = [];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());

beforeEach(async () => {
  served = await servePanel();
  chat = createLocalChat(served.world.ctx({ kind: 'chat', provider: 'local' }));
  served.world.couriers.set('local', chat.courier);
  chatServer = await new Promise<ServerType>((resolve) => {
    const server = serve({ fetch: chat.app.fetch, hostname: '127.0.0.1', port: 0 }, (at: AddressInfo) => {
      chatOrigin = `http://127.0.0.1:${at.port}`;
      resolve(server);
    });
  });
  ({ token } = await firstOwner(served.world));
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  chat.stop();
  await new Promise((resolve) => chatServer.close(resolve));
  await served.close();
  expect(complaints).toEqual([]);
});

async function open(url: string, viewport: { width: number; height: number }, scheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale: 'en-GB' });
  contexts.push(context);
  await context.addCookies([{ name: 'panel', value: token, url: served.origin, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    const isAnswer = /status of 4(01|03|09|22)/.test(message.text()); // a form that comes back with a problem
    if (['error', 'warning'].includes(message.type()) && !isAnswer) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
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

const enter = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
const figure = (page: Page, name: string) =>
  page.locator('.figure', { has: page.getByText(name, { exact: true }) }).locator('dd');

async function minute(): Promise<void> {
  await sendBroadcasts(served.world.ctx(job));
  served.world.clock.pass(minutes(1));
  await deliverNotices(served.world.ctx(job), 200, 'broadcast');
}

describe.each([
  ['desktop', { width: 1280, height: 900 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'dark'],
] as const)('on a %s', (shot, viewport, scheme) => {
  test('a broadcast is written, looked at, tried, sent, watched and cancelled', async () => {
    complaints = [];
    const { world, origin } = served;
    await meet(world.ctx({ kind: 'chat', provider: 'local' }), {
      provider: 'local',
      subject: 'somsri',
      displayName: 'Somsri',
      languageHint: 'en',
    });
    await crowd(world, 40);
    const page = await open(`${origin}/admin/broadcasts`, viewport, scheme);
    await page.getByRole('link', { name: 'Write a broadcast' }).click();
    await enter(page, 'Text in Thai', THAI);
    await enter(page, 'Text in English', TEXT);
    await enter(page, 'People a minute', '9,000');
    await enter(page, 'Wrote in the last … days', '30');
    await press(page, 'Save and look at it');
    await page.locator('#rate-problem').waitFor();
    expect(await page.getByLabel('Text in English', { exact: true }).inputValue()).toBe(TEXT);
    await picture(page, `${shot}-broadcast-1-problem`);
    await enter(page, 'People a minute', '20');
    await press(page, 'Save and look at it');
    await page.getByText('41 people').waitFor();
    expect(await page.locator('.bubble[lang=en]').textContent()).toBe(SHOWN);
    await picture(page, `${shot}-broadcast-2-preview`);

    await enter(page, 'Whom', 'crowd');
    await press(page, 'Send a test');
    await page.locator('#to-problem').waitFor();
    await enter(page, 'Whom', 'somsri');
    await press(page, 'Send a test');
    await page.getByText('The test is on its way.').waitFor();
    await deliverNotices(world.ctx(job), 10);
    const reader = await open(`${chatOrigin}/chat?as=somsri`, viewport, scheme);
    const message = reader.locator('.message.bot').first();
    await message.waitFor();
    expect(await message.locator('.line').first().textContent()).toBe(SHOWN);
    expect(await message.locator('img, b').count()).toBe(0);
    await picture(reader, `${shot}-broadcast-3-chat`);

    world.clock.pass(minutes(11));
    await page.reload();
    await press(page, 'Send the broadcast');
    await page.locator('#proof:invalid').waitFor(); // the browser itself asks for it
    await enter(page, 'Your password or a code', PASSWORD);
    await press(page, 'Send the broadcast');
    await page.getByText('goes out from the next minute').waitFor();
    await minute();
    await expect.poll(() => figure(page, 'sent').textContent()).toBe('20');
    await minute();
    await expect.poll(() => figure(page, 'sent').textContent()).toBe('40');
    await picture(page, `${shot}-broadcast-4-sending`);
    await press(page, 'Cancel the broadcast');
    await page.getByText('The broadcast is cancelled.').waitFor();
    await picture(page, `${shot}-broadcast-5-cancelled`);
    await figure(page, 'sent').getByRole('link').click();
    await heading(page, 'Notices');
    await page.getByLabel('State').selectOption('failed');
    await page.getByText('Nothing matches.').waitFor();
    expect(page.url()).toContain('broadcast=brc_');
    await page.getByLabel('State').selectOption('sent');
    await page.locator('#list').getByRole('link', { name: 'Broadcast', exact: true }).first().click();
    await page.locator('.bubble').waitFor();
    await picture(page, `${shot}-notice`);

    await goTo(page, 'Notices');
    await heading(page, 'Notices');
    await picture(page, `${shot}-notices`);
    await press(page, 'ไทย');
    await heading(page, 'การแจ้งเตือน');
    await picture(page, `${shot}-notices-thai`);
    await goTo(page, 'ประกาศ');
    await heading(page, 'ประกาศ');
    await picture(page, `${shot}-broadcasts-thai`);
    await page.getByRole('link', { name: 'เขียนประกาศ' }).click();
    await heading(page, 'เขียนประกาศ');
    await picture(page, `${shot}-broadcast-form-thai`);
  }, 90_000);

  test('a page that watches a broadcast ends with it', async () => {
    complaints = [];
    await crowd(served.world, 3);
    const page = await open(`${served.origin}/admin/broadcasts/new`, viewport, scheme);
    await enter(page, 'Text in Thai', THAI);
    await enter(page, 'Text in English', TEXT);
    await press(page, 'Save and look at it');
    await press(page, 'Send the broadcast');
    await page.getByRole('button', { name: 'Cancel the broadcast', exact: true }).waitFor();
    await minute();
    await minute();
    await page.getByRole('button', { name: 'Cancel the broadcast', exact: true }).waitFor({ state: 'detached' });
    expect(await figure(page, 'sent').textContent()).toBe('3');
    await page.getByText('done', { exact: true }).first().waitFor();
  }, 60_000);
});
