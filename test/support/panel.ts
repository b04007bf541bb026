import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { createPanel } from '../../src/admin/panel.ts';
import type { JobDesk } from '../../src/core/ops/jobDesk.ts';
import { jobs } from '../../src/jobs/list.ts';
import { awayDesk, openQueue, type TestQueue } from './desk.ts';
import { createWorld, type World } from './world.ts';

/** A world with the panel served over real HTTP. */
export interface ServedPanel {
  world: World;
  app: Hono;
  origin: string;
  /** What tells the panel that the service stops. */
  closing: AbortController;
  close(): Promise<void>;
}

type Ctx = ReturnType<World['ctx']>;

interface Served {
  openDesk?: (world: World) => Promise<JobDesk>;
  /** Puts something else in the place of what the panel works with. */
  change?: (ctx: Ctx) => Ctx;
}

export async function servePanel({ openDesk, change = (ctx) => ctx }: Served = {}): Promise<ServedPanel> {
  const world = await createWorld();
  const desk = (await openDesk?.(world)) ?? awayDesk;
  let origin = '';
  const lights = [{ name: 'jobs', status: () => 'connected' as const }];
  const ctx = { ...change(world.ctx({ kind: 'job', name: 'panel' })), desk };
  const closing = new AbortController();
  const app = createPanel(ctx, {
    secure: false,
    url: () => origin,
    lights,
    gatewayConfigured: true,
    closing: closing.signal,
    livePace: { readMs: 50, checkMs: 100, heartbeatMs: 200 },
  });
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (at: AddressInfo) => {
      origin = `http://127.0.0.1:${at.port}`;
      resolve(started);
    });
  });
  return {
    world,
    app,
    origin,
    closing,
    async close() {
      closing.abort();
      await new Promise((resolve) => server.close(resolve));
      await world.close();
    },
  };
}

/** A panel in front of a real queue that nobody works off. */
export async function servePanelWithQueue(): Promise<ServedPanel & { queue: TestQueue }> {
  let opened: TestQueue | undefined;
  const openDesk = async (world: World) => {
    opened = await openQueue(world, jobs);
    return opened.desk;
  };
  const served = await servePanel({ openDesk });
  const queue = opened as TestQueue | undefined; // assigned in a function, which the compiler does not follow
  if (!queue) throw new Error('the panel asked for no desk');
  return {
    ...served,
    queue,
    async close() {
      await queue.close();
      await served.close();
    },
  };
}

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
  location: string | null;
}

/** A browser without a window: keeps the session's cookie and says where a form comes from. */
export function visitor(origin: string, given = '') {
  let token = given;
  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const cookie = `panel_language=en${token ? `; panel=${token}` : ''}`;
    const response = await fetch(origin + path, {
      ...init,
      redirect: 'manual',
      headers: { cookie, connection: 'close', ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, value] = /^panel=([^;]*)/.exec(line) ?? [];
      if (value !== undefined) token = value;
    }
    const { status, headers } = response;
    // A stream never ends by itself; who wants to hear it asks with `fetch`.
    const isStream = headers.get('content-type')?.startsWith('text/event-stream');
    if (isStream) await response.body?.cancel();
    return { status, headers, text: isStream ? '' : await response.text(), location: headers.get('location') };
  }
  /** Reads the key and the request key out of the page that holds the form. */
  async function keys(page: string): Promise<Record<string, string>> {
    const { text } = await ask(page);
    const found = ['form_key', 'request_key'].map((name) => [
      name,
      new RegExp(`name="${name}" value="([^"]+)`).exec(text)?.[1],
    ]);
    return Object.fromEntries(found.filter(([, value]) => value)) as Record<string, string>; // filtered just now
  }
  const post = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = { origin }) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  return {
    get: (path: string, headers: Record<string, string> = {}) => ask(path, { headers }),
    post,
    keys,
    /** Opens the page with the form, fills it in and sends it. */
    async send(page: string, action: string, fields: Record<string, string> = {}) {
      return post(action, { ...(await keys(page)), ...fields });
    },
    get token() {
      return token;
    },
  };
}
