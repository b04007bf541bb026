import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setBuyer } from '../../src/core/rental/buyer.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { credit, issue, setIssuer } from '../support/documents.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let contexts: BrowserContext[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  served = await servePanel();
  const { world } = served;
  owner = await firstOwner(world);
  const { userId } = await world.person('สมศรี ใจดี ผู้มีชื่อยาวมากๆ จนต้องขึ้นบรรทัดใหม่ในตาราง');
  await issue(world, { userId });
  await setIssuer(world, { vatPercent: 7 });
  const invoice = await issue(world, { userId, totalSatang: 1_499_00n });
  await credit(world, invoice, 499_00n);
  const address = '123/45 อาคารตัวอย่าง ชั้น 6 ถนนสีลม แขวงสีลม เขตบางรัก กรุงเทพมหานคร 10500';
  const buyer = { name: 'บริษัท ผู้ซื้อตัวอย่าง จำกัด', address, taxId: '0105561000003', branch: '00000' };
  await setBuyer(world.ctx({ kind: 'user', userId }), { userId, ...buyer });
  for (let n = 0; n < 26; n++) await issue(world, { userId });
}, 150_000);
afterAll(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
  await browser?.close();
  await served?.close();
});

async function open(
  viewport: { width: number; height: number },
  scheme: 'light' | 'dark',
  locale: string,
): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale });
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
  await page.screenshot({ path: join(folder, `documents-${name}.png`), fullPage: true });
}

test.each([
  ['desktop', { width: 1280, height: 900 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'dark'],
] as const)(
  'on a %s documents are found, opened, downloaded and summed up',
  async (shot, viewport, scheme) => {
    const page = await open(viewport, scheme, 'en-GB');
    await page.goto(`${served.origin}/admin`);
    await goTo(page, 'Documents');
    await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor();
    await picture(page, `${shot}-list`);
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'RC2569-000001' }).waitFor();
    await page.goto(`${served.origin}/admin/documents`);
    await page.getByLabel('Kind').selectOption('credit_note');
    await page.waitForURL(/kind=credit_note/);
    await page.getByRole('link', { name: 'TI2569-000027' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'CN2569-000001' }).click();
    await page.getByRole('heading', { name: 'CN2569-000001' }).waitFor();
    await picture(page, `${shot}-note`);
    await page.getByRole('link', { name: 'TI2569-000001' }).click();
    await page.getByRole('heading', { name: 'TI2569-000001' }).waitFor();
    await picture(page, `${shot}-invoice`);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download copy (PDF)' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('TI2569-000001-copy.pdf');
    await goTo(page, 'Documents');
    await page.getByRole('link', { name: 'Output tax report' }).click();
    await page.getByRole('heading', { name: 'Output tax report' }).waitFor();
    await page.getByLabel('Month').fill('2026-11');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('November 2026').waitFor();
    await picture(page, `${shot}-tax`);
    const [report] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download report (CSV)' }).click(),
    ]);
    expect(report.suggestedFilename()).toBe('sales-tax-2026-11.csv');
    await page.getByRole('button', { name: 'ไทย' }).click();
    await page.getByRole('heading', { name: 'รายงานภาษีขาย' }).waitFor();
    await picture(page, `${shot}-tax-thai`);
    await page.goto(`${served.origin}/admin/documents`);
    await picture(page, `${shot}-list-thai`);
    await page.getByRole('link', { name: 'TI2569-000027' }).click();
    await picture(page, `${shot}-invoice-thai`);
    await page.getByRole('button', { name: 'English' }).click();
    expect(complaints).toEqual([]);
  },
  60_000,
);
