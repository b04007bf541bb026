import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sealAudit } from '../../src/core/audit.ts';
import { days } from '../../src/core/clock.ts';
import { topupLimits } from '../../src/core/money/settings.ts';
import { setOperatorLanguage } from '../../src/core/ops/operator.ts';
import { writeSetting } from '../../src/core/setting.ts';
import { goTo, launchBrowser } from '../support/browser.ts';
import { manyTopups } from '../support/bulk.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { job, record } from '../support/money.ts';
import { firstOwner } from '../support/operators.ts';
import { type ServedPanel, servePanel } from '../support/panel.ts';
import { openWorkbook, parseCsv, rowsOf } from '../support/spreadsheet.ts';
import { paid } from '../support/world.ts';

let browser: Browser;
let served: ServedPanel;
const contexts: BrowserContext[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 150_000);
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await served.close();
  expect(complaints.splice(0)).toEqual([]);
});

interface Look {
  viewport: { width: number; height: number };
  scheme: 'light' | 'dark';
  shot: string;
}

/** A window of an operator who is signed in; it collects whatever the browser has to complain about. */
async function open(token: string, { viewport, scheme }: Look): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale: 'en-GB', acceptDownloads: true });
  contexts.push(context);
  await context.addCookies([{ name: 'panel', value: token, domain: '127.0.0.1', path: '/admin', httpOnly: true }]);
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
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

async function downloaded(page: Page, link: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: link, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test.each<Look>([
  { shot: 'desktop', viewport: { width: 1280, height: 900 }, scheme: 'light' },
  { shot: 'phone', viewport: { width: 390, height: 844 }, scheme: 'dark' },
])(
  'on a $shot an operator takes a filtered list along and finds the line that was tampered with',
  async (look) => {
    const { shot } = look;
    served = await servePanel();
    const { world } = served;
    const { db } = world.ctx(job);
    await manyTopups(db, { count: 60, at: world.clock.now(), name: '=HYPERLINK("http://evil.example") สมศรี' });
    world.clock.pass(days(1));
    await record(world, paid('TU0000009999', 99_00n));
    const owner = await firstOwner(world);
    await writeSetting(owner.ctx, topupLimits, { value: { ...topupLimits.fallback, minSatang: '5000' }, version: 0 });
    await sealAudit(world.ctx(job));

    const page = await open(owner.token, look);
    await page.goto(`${served.origin}/admin/payments`);
    await page.getByLabel('State').selectOption('pending');
    await page.getByText('Nothing matches.').waitFor();
    expect(parseCsv((await downloaded(page, 'Top-ups CSV')).bytes.toString())).toHaveLength(1);
    await page.getByLabel('State').selectOption('settled');
    await page.getByText('TU0000000060').waitFor();
    await picture(page, `${shot}-payments`);
    const csv = await downloaded(page, 'Top-ups CSV');
    expect(csv.name).toBe('abtpro-topups-2026-11-22.csv');
    expect(parseCsv(csv.bytes.toString())[60]?.slice(1, 3)).toEqual([
      'TU0000000060',
      `'=HYPERLINK("http://evil.example") สมศรี`,
    ]);
    const ledger = await downloaded(page, 'Ledger movements XLSX');
    expect(rowsOf(openWorkbook(ledger.bytes))).toHaveLength(62); // the heading, sixty top-ups, one in suspense
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Payments');
    await page.goto(`${served.origin}/admin/suspense`);
    await picture(page, `${shot}-suspense`);

    await goTo(page, 'Audit');
    await picture(page, `${shot}-audit`);
    await page.getByRole('link', { name: 'Verify the chain' }).click();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.getByText(/All \d+ sealed lines hold/).waitFor();
    await page.getByText(/^\d+ sealed lines read\.$/).waitFor();
    await picture(page, `${shot}-holds`);
    await db.execute(
      sql.raw(`set session_replication_role = replica;
    update audit_entry set detail = '{"amountSatang": "99999999"}' where seq = 21;
    delete from audit_entry where seq between 40 and 42; set session_replication_role = origin`),
    );
    await page.getByRole('button', { name: 'Verify again' }).click();
    await page.getByText('The chain is broken: 3 findings').waitFor();
    await picture(page, `${shot}-broken`);
    await page.getByRole('link', { name: '21', exact: true }).click();
    await page.getByRole('heading', { name: 'Audit line 21' }).waitFor();
    await page.getByText('฿999,999.99').waitFor();
    await page.goto(`${served.origin}/admin/audit?action=setting`);
    await page.locator('#list a').first().click();
    await page.getByText('What was changed').waitFor();
    await picture(page, `${shot}-line`);

    await setOperatorLanguage(owner.ctx, { language: 'th' });
    for (const [name, path] of Object.entries({
      audit: '/admin/audit',
      payments: '/admin/payments',
      suspense: '/admin/suspense?status=any',
      verify: '/admin/audit/verify',
    })) {
      await page.goto(served.origin + path);
      await picture(page, `${shot}-thai-${name}`);
    }
    await page.getByRole('button', { name: 'เริ่มตรวจ' }).click();
    await page.getByText('บันทึกไม่สมบูรณ์').waitFor();
    await picture(page, `${shot}-thai-broken`);
  },
  120_000,
);
