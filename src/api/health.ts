import { Hono } from 'hono';
import type { Context } from '../core/context.ts';
import { pingDatabase } from '../core/db.ts';

/** A part of this instance and how it is. `failing` parts are named; only those that are `needed` make us unhealthy. */
export interface Part {
  name: string;
  needed: boolean;
  status(): 'starting' | 'connected' | 'failing';
}

const PATIENCE_MS = 2_000;

async function databaseAnswers(ctx: Context): Promise<boolean> {
  const patience = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS).unref());
  const ping = pingDatabase(ctx.db).then(
    () => true,
    () => false,
  );
  return Promise.race([ping, patience]);
}

/** `GET /health`: 200 when this instance can serve, 503 with what is missing. */
export function health(ctx: Context, parts: readonly Part[]): Hono {
  const app = new Hono();
  app.get('/health', async (c) => {
    const database = (await databaseAnswers(ctx)) ? ('connected' as const) : ('failing' as const);
    const states = Object.fromEntries(parts.map((part) => [part.name, part.status()]));
    const missing = parts.filter((part) => part.needed && part.status() !== 'connected').map((part) => part.name);
    if (database === 'failing') missing.unshift('database');
    const ok = missing.length === 0;
    return c.json({ status: ok ? 'ok' : 'unavailable', missing, parts: { database, ...states } }, ok ? 200 : 503);
  });
  return app;
}
