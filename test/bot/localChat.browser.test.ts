import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { type ServedChat, serveLocalChat } from '../support/localChat.ts';

let browser: Browser;
let served: ServedChat;
let complaints: string[] = [];
const contexts: BrowserContext[] = [];

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
type Look = { scheme?: 'light' | 'dark'; locale?: string };

beforeAll(async () => {
  served = await serveLocalChat();
  browser = await launchBrowser();
}, 150_000);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  expect(complaints).toEqual([]);
});

/** Opens the chat as somebody and collects whatever the browser has to complain about. */
async function open(as: string, viewport = PHONE, look: Look = {}, more = ''): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    colorScheme: look.scheme ?? 'light',
    locale: look.locale ?? 'en-GB',
    timezoneId: 'America/New_York', // the page must say Bangkok's time wherever it is read
    hasTouch: viewport === PHONE,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  contexts.push(context);
  complaints = [];
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog said "${dialog.message()}"`);
    void dialog.dismiss();
  });
  await page.goto(`${served.origin}/chat?as=${encodeURIComponent(as)}${more}`);
  await page.locator('#log[aria-busy=false]').waitFor({ state: 'attached' });
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

const bot = (page: Page) => page.locator('.message.bot');

/** With SCREENSHOTS=<folder> the run leaves pictures there, to be looked at. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const notOverflowing = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth');

describe.each([
  ['a phone', PHONE],
  ['a desktop', DESKTOP],
] as const)('on %s', (name, size) => {
  const shot = name.replace('a ', '');

  test('a trader starts, tops up by a form and sees the QR', async () => {
    const page = await open(`Trader ${shot}`, size);
    await picture(page, `${shot}-1-empty`);
    await page.getByRole('button', { name: 'Start' }).click();
    const menu = bot(page).first();
    await menu.getByRole('button', { name: 'Top up' }).waitFor();
    expect(await menu.locator('time').textContent()).toBe('12:00'); // 05:00 UTC
    await picture(page, `${shot}-2-menu`);

    await menu.getByRole('button', { name: 'Top up' }).click();
    const card = page.locator('form.card');
    await card.waitFor();
    await picture(page, `${shot}-3-form`);
    await card.locator('input').fill('many');
    await card.getByRole('button', { name: 'Continue' }).click();
    await card.locator('.problem').waitFor();
    await picture(page, `${shot}-4-problem`);
    await card.getByRole('button', { name: '฿500.00' }).click();
    await page.locator('.picture img').waitFor();
    await expect
      .poll(() => page.locator('.picture img').evaluate((image) => 'naturalWidth' in image && image.naturalWidth))
      .toBe(720);
    expect(await card.count()).toBe(0);
    await picture(page, `${shot}-5-qr`);
    expect(await notOverflowing(page)).toBe(true);

    await page.getByRole('button', { name: /^Copy TU/ }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^TU[0-9A-HJKMNP-TV-Z]{10}$/);
    await page.getByText('Copied').waitFor();
    await page.getByRole('button', { name: 'Enlarge the picture' }).click();
    await page.locator('#enlarged[open]').waitFor();
    await picture(page, `${shot}-6-enlarged`);
    await page.keyboard.press('Escape');
    await page.locator('#enlarged[open]').waitFor({ state: 'hidden' });
  });

  test('words after a press take the place of the message, with a mark', async () => {
    const page = await open(`Presser ${shot}`, size);
    await write(page, '/menu');
    const menu = bot(page).first();
    await menu.getByRole('button', { name: 'Help' }).click();
    await page.locator('.message.bot .stamp', { hasText: 'edited' }).waitFor();
    expect(await bot(page).count()).toBe(1);
    await picture(page, `${shot}-7-help`);
    expect(await notOverflowing(page)).toBe(true);
    await page.locator('.command', { hasText: '/wallet' }).click();
    await expect.poll(() => bot(page).count()).toBe(2);
  });

  test('what people write is never run', async () => {
    const page = await open(`mallory ${shot}`, size);
    if (size === PHONE) await page.getByRole('button', { name: 'Choose a name and a language' }).click();
    await page.getByLabel('New name').fill(`"><img src=x onerror=alert(1)> ${shot}`);
    await page.getByRole('button', { name: 'Add and switch' }).click();
    await page.locator('#open-people .name', { hasText: '"><img src=x' }).waitFor();
    await write(page, '/menu <script>alert(2)</script>');
    await bot(page).first().waitFor();
    await write(page, '<img src=x onerror=alert(3)> javascript:alert(4) https://example.com/"onclick="alert(5)');
    await expect.poll(() => bot(page).count()).toBe(2);
    await write(page, '/<b>nope</b>');
    await expect.poll(() => bot(page).count()).toBe(3);
    expect(await page.locator('#log script, #log img, #log b, #people img').count()).toBe(0);
    expect(await page.locator('.person .bubble a').getAttribute('href')).toBe('https://example.com/');
    await picture(page, `${shot}-8-hostile`);
    expect(await notOverflowing(page)).toBe(true);
  });
});

test('the history survives a reload, and a chat is its owner’s alone', async () => {
  const page = await open('keeper');
  await write(page, 'line one\nline two');
  await bot(page).first().waitFor();
  await page.reload();
  await page.getByText('line one').waitFor();
  expect(await page.locator('.message').count()).toBe(2);
  const other = await open('somebody-else');
  expect(await other.locator('.message').count()).toBe(0);
});

test('a message sent while the service is away is delivered once it is back', async () => {
  const page = await open('patient');
  await write(page, '/wallet');
  await bot(page).first().waitFor();
  await served.down();
  await page.getByText('Connection lost').waitFor();
  await picture(page, 'lost');
  await write(page, '/help');
  await served.up();
  await expect.poll(() => bot(page).count()).toBe(2);
  await page.getByText('Connection lost').waitFor({ state: 'hidden' });
  expect(await page.locator('.message.person').count()).toBe(2);
  complaints = complaints.filter(
    (text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/.test(text),
  );
});

test('the slash offers the commands, and the arrow keys choose one', async () => {
  const page = await open('keyboard', DESKTOP);
  await page.keyboard.type('/');
  const menu = page.getByRole('listbox', { name: 'Commands' });
  await menu.waitFor();
  await picture(page, 'desktop-9-commands');
  const all = await menu.getByRole('option').count();
  await page.keyboard.type('wa');
  expect(await menu.getByRole('option').count()).toBeLessThan(all);
  expect(await menu.locator('[aria-selected=true] b').textContent()).toBe('/wallet');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.locator('.person .line', { hasText: '/wallet' }).waitFor();
  await bot(page).first().waitFor();
  await page.keyboard.type('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.person .line').last().textContent()).toBe('one\ntwo');
});

test('a reader of older messages is not torn away, and is told of new ones', async () => {
  const page = await open('reader');
  for (let i = 0; i < 6; i++) {
    await write(page, '/help');
    await expect.poll(() => bot(page).count()).toBe(i + 1);
  }
  await page.locator('#scroll').evaluate((scroll) => scroll.scrollTo(0, 0));
  await expect.poll(() => page.locator('#scroll').evaluate((scroll) => scroll.scrollTop)).toBe(0);
  const { identityId } = await login('reader');
  await served.chat.courier.deliver({ identityId, subject: 'reader', language: 'en' }, notice('n1'));
  const pill = page.getByRole('button', { name: 'New messages' });
  await pill.waitFor();
  expect(await page.locator('#scroll').evaluate((scroll) => scroll.scrollTop)).toBe(0);
  await picture(page, 'pill');
  await pill.click();
  await page.getByText('฿500.00').waitFor();
  await pill.waitFor({ state: 'hidden' });
});

test('the page speaks Thai, in the dark too', async () => {
  const page = await open('สมหญิง ใจดี', PHONE, { scheme: 'dark', locale: 'th-TH' });
  await picture(page, 'thai-1-empty');
  await page.getByRole('button', { name: 'เริ่ม' }).click();
  await bot(page).first().waitFor();
  await picture(page, 'thai-2-menu');
  await page.getByLabel('ข้อความ', { exact: true }).last().fill('/topup ๕๐๐');
  await page.getByRole('button', { name: 'ส่ง' }).click();
  await page.locator('.picture img').waitFor();
  await picture(page, 'thai-3-qr');
  await page.locator('.keyboard').last().getByRole('button').first().click();
  await page.locator('.toast').waitFor();
  await picture(page, 'thai-4-toast');
  await page.getByRole('button', { name: 'เลือกชื่อและภาษา' }).click();
  await picture(page, 'thai-5-people');
  await page.getByText('English').click();
  await expect.poll(() => page.title()).toBe('ABTPro · local chat');
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

const notice = (id: string) => ({
  id,
  kind: 'topup.settled',
  params: { amountSatang: '50000', topupId: 'top_1', reference: 'TU0123456789' },
  silent: false,
});

async function login(subject: string) {
  const { meet } = await import('../../src/core/people/identity.ts');
  const ctx = served.world.ctx({ kind: 'chat', provider: 'local' });
  const { identity } = await meet(ctx, { provider: 'local', subject, displayName: subject, languageHint: 'en' });
  return { identityId: identity.id };
}
