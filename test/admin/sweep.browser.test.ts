import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/admin/routes.ts';
import type { Route } from '../../src/admin/visit.ts';
import { setOperatorLanguage } from '../../src/core/ops/operator.ts';
import { launchBrowser } from '../support/browser.ts';
import { PATIENCE_MS } from '../support/eventually.ts';
import { EVIL, type HostileWorld, SHORT_EVIL, SUM_OF_TEMPLATE, samplePath, seedHostile } from '../support/hostile.ts';
import { firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanelWithQueue, visitor } from '../support/panel.ts';

let browser: Browser;
let served: ServedPanel;
let owner: TestOperator;
let hostile: HostileWorld;

beforeAll(async () => {
  browser = await launchBrowser();
  const panel = await servePanelWithQueue();
  served = panel;
  owner = await firstOwner(served.world);
  hostile = await seedHostile(served.world, owner, panel.queue);
}, 150_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Runs in the page before anything else: what the policy has stopped is written down. */
const WATCH = `addEventListener('securitypolicyviolation', (event) => {
  (window.stopped ??= []).push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
})`;

/** Opens a page and says what was wrong with it. */
async function look(page: Page, path: string): Promise<string[]> {
  const faults: string[] = [];
  const hear = (words: string) => faults.push(words);
  page.removeAllListeners();
  page.on('console', (message) => {
    // A page that says no has the status of its refusal, which the browser reports as well.
    const isAnswer = /status of 4\d\d/.test(message.text());
    // A filter shows again what was typed, and a field for days takes nothing but days.
    if (/does not conform to the required format/.test(message.text())) return;
    if (['error', 'warning'].includes(message.type()) && !isAnswer) hear(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => hear(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    hear(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { origin, pathname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== served.origin) hear(`asked ${origin}`);
    if (pathname.endsWith('/x')) hear('a picture of theirs was asked for');
  });
  await page.goto(served.origin + path, { waitUntil: 'load' });
  // Charts and whatever else draws itself: two frames later it is there.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const found = await page.evaluate<{ ran: unknown; stopped: string[]; wide: number; text: string; whole: boolean }>(`({
    ran: window.ran ?? null,
    stopped: window.stopped ?? [],
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    text: document.body.innerText,
    whole: document.doctype !== null,
  })`);
  if (found.ran !== null) hear('a script of theirs ran');
  for (const words of found.stopped) hear(`stopped: ${words}`);
  // What a page fetches into itself is no page and has no style sheet.
  if (found.wide > 0 && found.whole) hear(`${found.wide} px wider than the window`);
  if (found.text.includes(SUM_OF_TEMPLATE)) hear('a template of theirs ran');
  return faults;
}

async function open(
  viewport: { width: number; height: number },
  scheme: 'light' | 'dark',
  token?: string,
): Promise<Page> {
  const context = await browser.newContext({ viewport, colorScheme: scheme });
  await context.addInitScript(WATCH);
  if (token) await context.addCookies([{ name: 'panel', value: token, url: served.origin }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** A file is asked for in a format. */
const sampleOf = (route: Route) =>
  samplePath(route, hostile.ids) + (route.path.endsWith('/export') ? '?format=csv' : '');

const pages = routes.filter(({ method, fetched }) => method === 'get' && fetched !== 'stream');

/** What is handed over as a file is no page: it has to say so, and what it is. */
async function isPage(path: string, token: string): Promise<boolean> {
  const { headers, status } = await visitor(served.origin, token).get(path);
  expect(status, path).toBeLessThan(400); // a sample that is not found shows nothing of what people have written
  const [type, disposition] = ['content-type', 'content-disposition'].map((name) => headers.get(name) ?? '');
  const isAttached = disposition?.startsWith('attachment'); // a report is HTML, but nothing that we show
  if (status >= 300 || (type?.startsWith('text/html') && !isAttached)) return true;
  expect(headers.get('content-disposition'), path).toMatch(/^attachment/);
  expect(headers.get('x-content-type-options'), path).toBe('nosniff');
  return false;
}

/** The same page with everything its filters ask for filled in by somebody who means ill. */
async function filtered(page: Page, path: string): Promise<string | undefined> {
  const names = await page.evaluate<string[]>(
    `[...document.querySelectorAll('form[method=get] [name]')].map((field) => field.name)`,
  );
  if (names.length === 0) return undefined;
  return `${path}?${new URLSearchParams([...new Set(names)].map((name): [string, string] => [name, SHORT_EVIL]))}`;
}

describe.each([
  ['en', 'light'],
  ['th', 'dark'],
] as const)('on a phone, in %s and %s', (language, scheme) => {
  let page: Page;
  beforeAll(async () => {
    await setOperatorLanguage(owner.ctx, { language });
    page = await open({ width: 390, height: 844 }, scheme, owner.token);
  });
  afterAll(() => page.context().close());

  test.each(pages.map((route): [string, Route] => [route.path, route]))(
    '%s runs nothing, breaks nothing and fits, whatever people have written',
    async (_, route) => {
      const path = sampleOf(route);
      if (!(await isPage(path, owner.token))) return;
      expect(await look(page, path), path).toEqual([]);
      const search = await filtered(page, path);
      if (search) expect(await look(page, search), search).toEqual([]);
    },
  );
});

test('every page fits a wide window as well', async () => {
  const page = await open({ width: 1280, height: 900 }, 'light', owner.token);
  const faults: Record<string, string[]> = {};
  for (const route of pages) {
    const path = sampleOf(route);
    if (!(await isPage(path, owner.token))) continue;
    const seen = await look(page, path);
    if (seen.length > 0) faults[path] = seen;
  }
  await page.context().close();
  expect(faults).toEqual({});
}, 120_000);

test('the doors run nothing either, nor does what comes back from them', async () => {
  const page = await open({ width: 390, height: 844 }, 'light');
  for (const route of pages.filter(({ who }) => who === 'anyone')) {
    const path = samplePath(route, hostile.ids);
    expect(await look(page, path), path).toEqual([]);
  }
  await look(page, '/admin/sign-in');
  await page.evaluate('for (const form of document.forms) form.noValidate = true');
  await page.locator('#email').fill(EVIL);
  await page.locator('#password').fill(EVIL);
  await page.keyboard.press('Enter');
  await page.locator('#password-problem').waitFor();
  expect(await page.evaluate('[window.ran ?? null, window.stopped ?? null]')).toEqual([null, null]);
  expect(await page.locator('#email').inputValue()).toContain('<script>');
  await page.context().close();
});

test('the sweep itself would see a script that runs, a picture that is asked for and a page that is too wide', async () => {
  const page = await open({ width: 390, height: 844 }, 'light', owner.token);
  await page.route('**/admin/suspense', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><p>${'W'.repeat(300)} ${SUM_OF_TEMPLATE}</p>${EVIL}`,
    }),
  );
  const faults = await look(page, '/admin/suspense');
  expect(faults).toEqual(
    expect.arrayContaining(['a script of theirs ran', 'a picture of theirs was asked for', 'a template of theirs ran']),
  );
  expect(faults.some((words) => words.includes('wider than the window'))).toBe(true);
  await page.context().close();
});

test('a route that nobody has given a sample fails loudly', () => {
  expect(() => samplePath({ path: '/admin/dragons/:id' }, hostile.ids)).toThrow(/"dragons"/);
});
