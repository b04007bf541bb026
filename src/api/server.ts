import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Context } from '../core/context.ts';
import { fail } from '../core/error.ts';
import { refuse } from './refusal.ts';

export interface HttpServer {
  port: number;
  /** Takes no new requests and waits for the running ones, at most `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
}

/** Puts all routes behind one door, where whatever they throw becomes an answer. */
export function gather(ctx: Context, apps: readonly Hono[]): Hono {
  const root = new Hono();
  root.onError((error, c) => refuse(ctx, c, error));
  root.notFound((c) => {
    try {
      return fail('http.missing');
    } catch (error) {
      return refuse(ctx, c, error);
    }
  });
  for (const app of apps) root.route('/', app);
  return root;
}

export async function serve(app: Hono, address: { host: string; port: number }): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 15_000, keepAliveTimeout: 20_000 },
    getRequestListener(app.fetch),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  if (!bound || typeof bound === 'string') throw new Error('the server listens nowhere');
  return { port: bound.port, stop: (patienceMs) => stop(server, patienceMs) };
}

async function stop(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(timer);
}
