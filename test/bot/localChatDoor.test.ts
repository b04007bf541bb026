import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { assets } from '../../src/bot/local/page.ts';
import { chat, get, HOST, log, post, refusedCode, who } from '../support/localChatHttp.ts';

describe('the door', () => {
  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('opens for %s', async (address) => {
    expect((await get('/chat', {}, address)).status).toBe(200);
  });

  test.each(['10.0.0.5', '::ffff:10.0.0.5', '2001:db8::1', '', '127.0.0.1.evil'])(
    'is closed for a socket from "%s"',
    async (address) => {
      const response = await get('/chat', {}, address);
      expect(response.status).toBe(403);
      expect(await refusedCode(response)).toBe('http.loopback_only');
    },
  );

  test('is closed when nobody knows where the socket comes from', async () => {
    expect((await chat.app.request('/chat', { headers: { host: HOST } })).status).toBe(403);
  });

  test.each(['localhost', 'localhost:8000', '[::1]:8000', '127.0.0.1'])('answers to the name %s', async (host) => {
    expect((await get('/chat', { host })).status).toBe(200);
  });

  test.each(['rebind.example:8000', '127.0.0.1.nip.io', 'localhost.evil.com', '0.0.0.0:8000', 'a@127.0.0.1', ''])(
    'does not answer to the name "%s", although the socket is local',
    async (host) => {
      for (const path of ['/chat', '/chat/assets/chat.js', '/chat/personas', `/chat/events?as=${who}`]) {
        expect((await get(path, { host })).status).toBe(403);
      }
    },
  );

  test('is closed for what a proxy hands on', async () => {
    expect((await get('/chat', { 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
  });

  test.each([
    ['no proof at all', {}],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:9999' }],
    ['an origin that contradicts', { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:9999' }],
    ['an opaque origin', { origin: 'null' }],
  ] as [string, Record<string, string>][])('refuses a POST with %s', async (_, headers) => {
    for (const path of ['/chat/messages', '/chat/press', '/chat/form']) {
      const response = await post(
        path,
        { text: '/menu', message: 1, data: 'menu', command: 'menu', args: {} },
        { host: HOST, ...headers },
      );
      expect(response.status).toBe(403);
      expect(await refusedCode(response)).toBe('http.cross_site');
    }
    expect(await log()).toEqual([]);
  });

  test('takes a POST whose origin is ours from a browser that sends nothing else', async () => {
    const response = await post('/chat/messages', { text: '/menu' }, { host: HOST, origin: `http://${HOST}` });
    expect(response.status).toBe(200);
  });

  test('lets a link lead to the page, but lets no other site read a chat', async () => {
    const site = { 'sec-fetch-site': 'cross-site' };
    expect((await get('/chat', site)).status).toBe(200);
    expect((await get(`/chat/events?as=${who}`, site)).status).toBe(403);
    expect((await get('/chat/personas', site)).status).toBe(403);
  });
});

describe('the page', () => {
  test('runs nothing but our own files', async () => {
    const response = await get('/chat', { 'accept-language': 'en' });
    const policy = response.headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const page = await response.text();
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    for (const [, path] of page.matchAll(/(?:src|href)="(\/[^"#]+)/g)) {
      expect((await get(path ?? '')).status, path).toBe(200);
    }
  });

  test('protects refusals as well', async () => {
    const response = await get('/chat/assets/nothing.js');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('serves its own files and no other', async () => {
    for (const [name, { type }] of assets) {
      const response = await get(`/chat/assets/${name}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    }
    for (const path of ['..%2fpage.ts', '%2e%2e/guard.ts', '..%2f..%2f..%2fpackage.json', 'constructor']) {
      expect((await get(`/chat/assets/${path}`)).status).toBe(404);
    }
  });

  test('never puts text into the page as HTML', () => {
    for (const [name, { body }] of assets)
      if (typeof body === 'string')
        expect(body, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  test('offers the commands of menus in both languages', async () => {
    const listSchema = z.array(z.object({ name: z.string(), description: z.string().min(1) }));
    const en = listSchema.parse(await (await get('/chat/commands?language=en')).json());
    const th = listSchema.parse(await (await get('/chat/commands?language=th')).json());
    expect(en.map((c) => c.name)).toEqual(th.map((c) => c.name));
    expect(en.map((c) => c.name)).toContain('topup');
    expect(en.every((c) => !c.name.includes('.'))).toBe(true);
    expect(en.map((c) => c.description)).not.toEqual(th.map((c) => c.description));
    const wrong = await get('/chat/commands?language=xx');
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('request.invalid');
  });
});
