import type { RESTOptions } from 'discord.js';

/** A proxy may be named with or without the `/api` of Discord's own address, and with or without a version. */
export function restOptionsOf(apiRoot: string | null, longestWaitMs: number): Partial<RESTOptions> {
  const patience = {
    retries: 2,
    rejectOnRateLimit: ({ retryAfter }: { retryAfter: number }) => retryAfter > longestWaitMs,
  };
  if (!apiRoot) return patience;
  const root = apiRoot.replace(/\/+$/, '').replace(/\/v\d+$/, '');
  return { ...patience, api: new URL(root).pathname === '/' ? `${root}/api` : root };
}
