import { setTimeout as sleep } from 'node:timers/promises';
import type { Context as Request } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import {
  type LocalMessage,
  lastLocalMessages,
  latestLocalChange,
  localMessagesSince,
} from '../../core/chats/localMessage.ts';
import type { Context } from '../../core/context.ts';
import { fail } from '../../core/error.ts';

const POLL_MS = 250;
const STILL_THERE_MS = 15_000;
const HISTORY = 300;
const BATCH = 200;

/** A message as the page gets it. */
const told = (message: LocalMessage) => ({
  id: message.id,
  author: message.author,
  body: message.body,
  at: message.createdAt.toISOString(),
  edited: message.editedAt !== null,
  deleted: message.deletedAt !== null,
});

/**
 * Tells a page what happens in one chat, until the page goes away or the service stops. The table is asked four times
 * a second, since a notice may be written by another process. Every event is a list of messages and carries the change
 * it reaches to, which the page sends back when it connects again. `fresh` says that the list is the whole chat: on the
 * first visit, and when the page remembers a database that is no more.
 */
export function feed(c: Request, ctx: Context, input: { subject: string; since: number; stopping: AbortSignal }) {
  if (input.stopping.aborted) fail('service.unavailable');
  const response = streamSSE(c, async (stream) => {
    const left = new AbortController();
    stream.onAbort(() => left.abort());
    const over = AbortSignal.any([left.signal, input.stopping]);
    try {
      await tell(ctx, stream, input.subject, input.since, over);
    } catch (error) {
      // The page connects again by itself, so a database that is away for a moment costs nothing.
      if (!over.aborted) ctx.log.warn({ err: error }, 'a local chat feed ended');
    }
  });
  // A connection kept for later would keep a stopping server open.
  response.headers.set('connection', 'close');
  return response;
}

async function tell(ctx: Context, stream: SSEStreamingApi, subject: string, since: number, over: AbortSignal) {
  let reached = await begin(ctx, stream, subject, since);
  let spokenAt = performance.now();
  while (!over.aborted) {
    const news = await localMessagesSince(ctx, { subject, change: reached, limit: BATCH });
    const last = news.at(-1);
    if (last) {
      reached = last.change;
      await stream.writeSSE({ event: 'news', id: String(reached), data: JSON.stringify(news.map(told)) });
      spokenAt = performance.now();
    } else if (performance.now() - spokenAt > STILL_THERE_MS) {
      await stream.write(': still here\n\n');
      spokenAt = performance.now();
    }
    if (news.length < BATCH) await sleep(POLL_MS, undefined, { signal: over });
  }
}

/** The first event. The newest change is read before the messages: what happens in between is told twice, never lost. */
async function begin(ctx: Context, stream: SSEStreamingApi, subject: string, since: number): Promise<number> {
  const newest = await latestLocalChange(ctx, subject);
  if (since > 0 && since <= newest) {
    await stream.writeSSE({ event: 'news', id: String(since), data: '[]' });
    return since;
  }
  const messages = await lastLocalMessages(ctx, { subject, limit: HISTORY });
  await stream.writeSSE({ event: 'fresh', id: String(newest), data: JSON.stringify(messages.map(told)) });
  return newest;
}
