import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setGuildRole } from '../../src/core/rental/guildRole.ts';
import { noteState } from '../../src/core/rental/guildState.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { memoryGuilds } from '../support/guilds.ts';
import { job } from '../support/money.ts';
import { firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';
import { BASIC, ENTERPRISE, PREMIUM } from '../support/rental.ts';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
const contexts: BrowserContext[] = [];
const complaints: string[] = [];

const names: [guildId: string, name: string, planId: string | undefined, role: string][] = [
  ['1193847561029384756', 'ชุมชนเทรดเดอร์กรุงเทพ', BASIC, 'สมาชิกเบสิก'],
  ['1193847561029384756', 'ชุมชนเทรดเดอร์กรุงเทพ', PREMIUM, 'สมาชิกพรีเมียม'],
  ['1204958672130495867', 'W'.repeat(100), ENTERPRISE, 'E'.repeat(100)],
];

beforeAll(async () => {
  browser = await launchBrowser();
  served = await servePanel();
  const { world } = served;
  owner = await firstOwner(world);
  const { userId } = await world.person('Admin', 'discord');
  const guilds = memoryGuilds();
  const ctx = { ...world.ctx({ kind: 'user', userId }), guilds };
  for (const [n, [id, name, planId = '', role]] of names.entries()) {
    const server = guilds.servers.get(id) ?? guilds.addServer(id);
    server.name = name;
    server.addRole(`131059604123456789${n}`, { name: role });
    await setGuildRole(ctx, { server: { id, manages: true, roles: [] }, planId, roleId: `131059604123456789${n}` });
  }
  await noteState(world.ctx(job), { guildId: names[1]?.[0] ?? '', roleId: '1310596041234567891' }, 'too_high');
}, 150_000);
afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser?.close();
  await served?.close();
});

async function open(viewport: { width: number; height: number }, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB' });
  contexts.push(context);
  await context.addCookies([{ name: 'panel', value: owner.token, url: `${served.origin}/admin` }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
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
  await page.screenshot({ path: join(folder, `guilds-${name}.png`), fullPage: true });
}

test.each([
  ['desktop', { width: 1280, height: 900 }, 'light', BASIC],
  ['phone', { width: 390, height: 844 }, 'dark', PREMIUM],
] as const)(
  'on a %s the roles of servers are seen, opened and cleared',
  async (shot, viewport, scheme, planId) => {
    const page = await open(viewport, scheme);
    await page.goto(`${served.origin}/admin`);
    await goTo(page, 'Discord roles');
    await page.getByRole('heading', { name: 'Discord roles', level: 1 }).waitFor();
    await page.getByText('The role stands above the bot’s').waitFor();
    await picture(page, `${shot}-list`);
    await page.locator(`a[href$="/${planId}"]`).click();
    await page.getByRole('heading', { name: 'Clear this role' }).waitFor();
    await picture(page, `${shot}-one`);
    await page.getByRole('button', { name: 'ไทย' }).click();
    await page.getByRole('heading', { name: 'ล้างบทบาทนี้' }).waitFor();
    await picture(page, `${shot}-one-thai`);
    await goTo(page, 'บทบาท Discord');
    await page.getByRole('heading', { name: 'บทบาท Discord', level: 1 }).waitFor();
    await picture(page, `${shot}-list-thai`);
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator(`a[href$="/${planId}"]`).click();
    await page.getByLabel('Reason').fill('asked by phone');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('The role is cleared.').waitFor();
    expect(await page.locator(`a[href$="/${planId}"]`).count()).toBe(0);
    expect(complaints).toEqual([]);
  },
  60_000,
);
