import type { Role } from '../core/access.ts';
import { fail } from '../core/error.ts';
import { listRecent, type Mark, markOfReading, type Reading, readOn, writeMark } from '../core/ops/recent.ts';
import type { RecentEvent } from '../core/ops/recentAbout.ts';
import { seesKind } from '../core/ops/recentKinds.ts';
import type { OpsContext } from '../core/ops/secondFactor.ts';
import { openSession } from '../core/ops/session.ts';
import type { Language } from '../core/text/text.ts';

export interface LivePace {
  /** Between two looks into the database, while anybody listens. */
  readMs: number;
  /** Between two looks whether a stream's session is still what it was. */
  checkMs: number;
  /** Between two signs of life on a stream where nothing happens. */
  heartbeatMs: number;
}

const PACE: LivePace = { readMs: 1_000, checkMs: 10_000, heartbeatMs: 15_000 };
/** A stream whose session could not be checked for so long ends: a database that is away must not keep a door open. */
const UNCHECKED_MS = 25_000;
const MOST_A_SESSION = 4;
const MOST = 200;
const MOST_REMEMBERED = 1_000;
/** A reader who takes nothing in is let go, and goes on from the last event when they come back. */
const MOST_BYTES_WAITING = 256 * 1024;

export interface Listener {
  ctx: OpsContext;
  door: OpsContext;
  token: string;
  sessionId: string;
  role: Role;
  language: Language;
  /** One event as HTML, in one piece. */
  draw(event: RecentEvent): Promise<string>;
}

/** Recent events as server-sent events, to everybody who has the dashboard open. */
export interface Feed {
  /** Refuses `live.too_many`. With a mark, what came since is told first. */
  open(listener: Listener, after: Mark | undefined): ReadableStream<Uint8Array>;
}

interface Stream extends Listener {
  after: Mark | undefined;
  /** Whether what it missed has been told. */
  joined: boolean;
  sent: Set<string>;
  checkedAtMs: number;
  spokeAtMs: number;
  controller: ReadableStreamDefaultController<Uint8Array>;
}

const encoder = new TextEncoder();

/**
 * One reader for all streams of this process, which looks into the database once a second as long as somebody listens
 * and then hands on what appeared. A stream ends with its session, with its operator's role or language, and when the
 * service stops; the browser comes back by itself, and then it depends on who is asking.
 */
export function createFeed(ctx: OpsContext, options: { closing: AbortSignal; livePace?: Partial<LivePace> }): Feed {
  const pace = { ...PACE, ...options.livePace };
  const streams = new Set<Stream>();
  let reading: Reading | undefined;
  let isRunning = false;
  let wake = () => {};

  const end = (stream: Stream) => {
    if (streams.delete(stream)) stream.controller.close();
  };
  options.closing.addEventListener('abort', () => {
    for (const stream of streams) end(stream);
    wake();
  });

  async function run(): Promise<void> {
    isRunning = true;
    while (streams.size > 0) {
      try {
        await round();
      } catch (error) {
        ctx.log.warn({ err: error }, 'live events could not be read; trying again');
      }
      for (const stream of streams) await check(stream);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pace.readMs).unref();
      });
    }
    reading = undefined;
    isRunning = false;
  }

  async function round(): Promise<void> {
    const { events, reading: now } = await readOn(ctx, reading);
    reading = now;
    const id = writeMark(markOfReading(now));
    for (const stream of streams) {
      try {
        // Read after `reading` was taken: what appears in between comes twice, and is told once.
        if (!stream.joined) await join(stream);
        await tell(stream, events, id);
      } catch (error) {
        ctx.log.error({ err: error }, 'a live stream failed; its reader will come back');
        end(stream);
      }
    }
  }

  async function join(stream: Stream): Promise<void> {
    const { events, mark } = await listRecent(stream.ctx, { after: stream.after });
    stream.joined = true;
    await tell(stream, stream.after ? events.reverse() : [], writeMark(mark));
  }

  async function tell(stream: Stream, events: readonly RecentEvent[], id: string): Promise<void> {
    for (const event of events) {
      if (stream.sent.has(event.key) || !seesKind(stream.role, event.kind)) continue;
      stream.sent.add(event.key);
      const data = (await stream.draw(event)).replace(/[\r\n]+/g, ' ');
      say(stream, `event: recent\nid: ${id}\ndata: ${data}\n\n`);
    }
    for (const key of stream.sent) {
      if (stream.sent.size <= MOST_REMEMBERED) break;
      stream.sent.delete(key); // the oldest first
    }
    if (performance.now() - stream.spokeAtMs >= pace.heartbeatMs) say(stream, ':\n\n');
  }

  function say(stream: Stream, text: string): void {
    if (!streams.has(stream)) return;
    stream.spokeAtMs = performance.now();
    stream.controller.enqueue(encoder.encode(text));
    if ((stream.controller.desiredSize ?? 0) < -MOST_BYTES_WAITING) end(stream);
  }

  /** Ends a stream whose holder is no longer who they were when it began. */
  async function check(stream: Stream): Promise<void> {
    const unchecked = performance.now() - stream.checkedAtMs;
    if (unchecked < pace.checkMs) return;
    try {
      const opened = await openSession(stream.door, { token: stream.token, isVisit: false });
      const { role, language } = opened?.operator ?? {};
      if (opened?.next !== 'open' || role !== stream.role || language !== stream.language) return end(stream);
      stream.checkedAtMs = performance.now();
    } catch {
      if (unchecked > UNCHECKED_MS) end(stream);
    }
  }

  return {
    open(listener, after) {
      const own = [...streams].filter(({ sessionId }) => sessionId === listener.sessionId).length;
      if (own >= MOST_A_SESSION || streams.size >= MOST) fail('live.too_many', { most: MOST_A_SESSION });
      if (options.closing.aborted) fail('service.unavailable');
      let stream: Stream | undefined;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const nowMs = performance.now();
            const fresh = { after, joined: false, sent: new Set<string>(), checkedAtMs: nowMs, spokeAtMs: nowMs };
            stream = { ...listener, ...fresh, controller };
            streams.add(stream);
            say(stream, 'retry: 3000\n\n');
            wake();
            if (!isRunning) void run();
          },
          cancel() {
            if (stream) streams.delete(stream);
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: 16 * 1024 }),
      );
    },
  };
}
