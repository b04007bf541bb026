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
 * Recent events as server-sent events, to everybody who has the dashboard open. One reader for all streams of this
 * process looks into the database once a second as long as somebody listens, and then hands on what appeared. A stream
 * ends with its session, with its operator's role or language, and when the service stops; the browser comes back by
 * itself, and then it depends on who is asking.
 */
export class Feed {
  readonly #ctx: OpsContext;
  readonly #closing: AbortSignal;
  readonly #pace: LivePace;
  readonly #streams = new Set<Stream>();
  #reading: Reading | undefined;
  #isRunning = false;
  /** Somebody came while a round was under way; that round has read what was before them. */
  #isAwaited = false;
  #wake = () => {};

  constructor(ctx: OpsContext, options: { closing: AbortSignal; livePace?: Partial<LivePace> }) {
    this.#ctx = ctx;
    this.#closing = options.closing;
    this.#pace = { ...PACE, ...options.livePace };
    this.#closing.addEventListener('abort', () => {
      for (const stream of this.#streams) this.#end(stream);
      this.#wake();
    });
  }

  /** Refuses `live.too_many`. With a mark, what came since is told first. */
  open(listener: Listener, after: Mark | undefined): ReadableStream<Uint8Array> {
    if (this.#closing.aborted) fail('service.unavailable');
    const own = [...this.#streams].filter(({ sessionId }) => sessionId === listener.sessionId).length;
    if (own >= MOST_A_SESSION || this.#streams.size >= MOST) fail('live.too_many', { most: MOST_A_SESSION });
    const nowMs = performance.now();
    const fresh = { after, joined: false, sent: new Set<string>(), checkedAtMs: nowMs, spokeAtMs: nowMs };
    let stream: Stream | undefined;
    const source = {
      start: (controller: Stream['controller']) => {
        stream = { ...listener, ...fresh, controller };
        this.#begin(stream);
      },
      cancel: () => {
        if (stream) this.#streams.delete(stream);
      },
    };
    return new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: 16 * 1024 }));
  }

  #begin(stream: Stream): void {
    this.#streams.add(stream);
    this.#isAwaited = true;
    this.#say(stream, 'retry: 3000\n\n');
    this.#wake();
    if (!this.#isRunning) void this.#run();
  }

  #end(stream: Stream): void {
    if (this.#streams.delete(stream)) stream.controller.close();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#streams.size > 0) {
      try {
        await this.#round();
      } catch (error) {
        this.#ctx.log.warn({ err: error }, 'live events could not be read; trying again');
      }
      for (const stream of this.#streams) await this.#check(stream);
      if (this.#isAwaited) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, this.#pace.readMs).unref();
      });
    }
    this.#reading = undefined;
    this.#isRunning = false;
  }

  async #round(): Promise<void> {
    this.#isAwaited = false;
    const streams = [...this.#streams];
    const { events, reading } = await readOn(this.#ctx, this.#reading);
    this.#reading = reading;
    const mark = markOfReading(reading);
    for (const stream of streams) {
      try {
        // Read after `reading` was taken: what appears in between comes twice, and is told once.
        if (!stream.joined) await this.#join(stream);
        await this.#tell(stream, events, mark);
      } catch (error) {
        this.#ctx.log.error({ err: error }, 'a live stream failed; its reader will come back');
        this.#end(stream);
      }
    }
  }

  async #join(stream: Stream): Promise<void> {
    const { events, mark } = await listRecent(stream.ctx, { after: stream.after });
    stream.joined = true;
    if (stream.after) await this.#tell(stream, events.toReversed(), mark);
  }

  async #tell(stream: Stream, events: readonly RecentEvent[], mark: Mark): Promise<void> {
    const id = `id: ${writeMark(mark)}`;
    for (const event of events) {
      if (stream.sent.has(event.key) || !seesKind(stream.role, event.kind)) continue;
      stream.sent.add(event.key);
      const data = (await stream.draw(event)).replace(/[\r\n]+/g, ' ');
      this.#say(stream, `event: recent\n${id}\ndata: ${data}\n\n`);
    }
    for (const key of stream.sent) {
      if (stream.sent.size <= MOST_REMEMBERED) break;
      stream.sent.delete(key); // the oldest first
    }
    // An id without data is no event, and yet where the browser goes on from.
    if (performance.now() - stream.spokeAtMs >= this.#pace.heartbeatMs) this.#say(stream, `${id}\n\n`);
  }

  #say(stream: Stream, text: string): void {
    if (!this.#streams.has(stream)) return;
    stream.spokeAtMs = performance.now();
    stream.controller.enqueue(encoder.encode(text));
    if ((stream.controller.desiredSize ?? 0) < -MOST_BYTES_WAITING) this.#end(stream);
  }

  /** Ends a stream whose holder is no longer who they were when it began. */
  async #check(stream: Stream): Promise<void> {
    const uncheckedMs = performance.now() - stream.checkedAtMs;
    if (uncheckedMs < this.#pace.checkMs) return;
    try {
      const opened = await openSession(stream.door, { token: stream.token, isVisit: false });
      const { role, language } = opened?.operator ?? {};
      const isSame = opened?.next === 'open' && role === stream.role && language === stream.language;
      if (!isSame) return this.#end(stream);
      stream.checkedAtMs = performance.now();
    } catch {
      if (uncheckedMs > UNCHECKED_MS) this.#end(stream);
    }
  }
}
