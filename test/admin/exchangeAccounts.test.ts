import { eq } from 'drizzle-orm';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator as operatorTable } from '../../src/core/tables.ts';
import { exchangeAccount } from '../../src/core/trading/tables.ts';
import { accountNotices, add, rowOf, trader } from '../support/accounts.ts';
import { launchBrowser } from '../support/browser.ts';
import { auditOf } from '../support/money.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';

let served: ServedPanel;
let owner: TestOperator;
let browser: Browser;
beforeAll(async () => {
  [served, browser] = await Promise.all([servePanel(), launchBrowser()]);
  owner = await firstOwner(served.world);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await served.close();
});

async function somebody() {
  const userId = await trader(served.world, 'Somsri');
  const { account } = await add(served.world, userId, { label: 'Main <b>', group: 'HiddenGroup' });
  return { userId, account, page: `/admin/users/${userId}`, desk: `/admin/users/${userId}/accounts/${account.id}` };
}

test('a person’s page shows where their accounts are and how they are, and nothing of what they hold', async () => {
  const { account, page } = await somebody();
  const { db } = owner.ctx;
  const trouble = { trouble: 'key_invalid', troubleSince: served.world.clock.now() };
  await db.update(exchangeAccount).set(trouble).where(eq(exchangeAccount.id, account.id));
  const { text } = await visitor(served.origin, owner.token).get(page);
  for (const words of ['Main &lt;b&gt;', 'Binance · live', 'failing', 'the key is no longer valid'])
    expect(text).toContain(words);
  expect(text).not.toMatch(/BTC|0\.5|HiddenGroup/);
});

test('an operator stops an account with a reason and allows it again: told, audited, once each', async () => {
  const { userId, account, page, desk } = await somebody();
  const come = visitor(served.origin, owner.token);
  const version = async () => String((await rowOf(served.world, account.id)).version);
  const bare = await come.send(desk, `${desk}/stop`, { version: await version(), reason: ' ' });
  expect([bare.status, bare.text.includes('id="reason-problem"')]).toEqual([422, true]);
  const stale = await come.send(desk, `${desk}/stop`, { version: '99', reason: 'odd' });
  expect([stale.status, stale.text.includes('has changed since you looked')]).toEqual([409, true]);
  const form = { version: await version(), reason: 'odd orders' };
  for (let n = 0; n < 2; n++)
    expect((await come.send(desk, `${desk}/stop`, form)).location).toBe(`${page}?done=account_stopped`);
  expect(await rowOf(served.world, account.id)).toMatchObject({ enabled: false, trouble: 'stopped' });
  const allowed = await come.send(desk, `${desk}/allow`, { version: await version(), reason: 'explained' });
  expect((await come.get(allowed.location ?? '')).text).toContain('The account is allowed again.');
  expect(await accountNotices(served.world, userId)).toEqual(['account.added', 'account.stopped', 'account.allowed']);
  expect(await auditOf(served.world, account.id)).toEqual(['account.added', 'account.stopped', 'account.allowed']);
});

test('an auditor sees accounts and stops none, and an account of another person is not there', async () => {
  const [{ page, desk }, other] = [await somebody(), await somebody()];
  const auditor = visitor(served.origin, (await colleague(served.world, owner, 'auditor')).token);
  const { text } = await auditor.get(page);
  expect(text).toContain('Main &lt;b&gt;');
  expect(text).not.toContain('/accounts/exa_');
  expect((await auditor.get(desk)).status).toBe(403);
  const crossed = `${page}/accounts/${other.account.id}`;
  expect((await visitor(served.origin, owner.token).get(crossed)).status).toBe(404);
});

test.each([
  { width: 1280, height: 900, language: 'en' as const, scheme: 'light' as const },
  { width: 390, height: 844, language: 'th' as const, scheme: 'dark' as const },
])('fits a screen of $width in $language', async ({ width, height, language, scheme }) => {
  const { page: person, desk, account } = await somebody();
  const { db } = owner.ctx;
  await db.update(operatorTable).set({ language }).where(eq(operatorTable.id, owner.id));
  const trouble = { trouble: 'ip_not_allowed', troubleSince: served.world.clock.now() };
  await db.update(exchangeAccount).set(trouble).where(eq(exchangeAccount.id, account.id));
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  await context.addCookies([{ name: 'panel', value: owner.token, url: `${served.origin}/admin` }]);
  const page = await context.newPage();
  for (const [name, path] of [
    ['person', person],
    ['desk', desk],
  ]) {
    await page.goto(`${served.origin}${path}`);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const { SCREENSHOTS: folder } = process.env;
    if (folder) await page.screenshot({ path: `${folder}/account-${name}-${width}.png`, fullPage: true });
  }
  await context.close();
});
