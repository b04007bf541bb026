import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClean, footprint, newTopup, walletOf } from '../support/money.ts';
import { rawHttp } from '../support/rawHttp.ts';
import { eventBody, type Hook, PATH, startHook } from '../support/webhook.ts';
import { createWorld, type World, webhook } from '../support/world.ts';

let world: World;
let hook: Hook;
let before: Awaited<ReturnType<typeof footprint>>;

beforeAll(async () => {
  world = await createWorld();
  hook = await startHook(world);
  before = await footprint(world);
});
afterAll(async () => {
  // A stranger's bad connection is not a fault of ours: no reference, no stack, no error.
  expect(world.log.lines.filter((line) => line.includes('a request failed'))).toEqual([]);
  expect(world.log.lines.join('\n')).not.toContain('"stack"');
  await expectClean(world);
  await hook.close();
  await world.close();
});

const KIB = 1024;
const head = (...headers: string[]) => [`POST ${PATH} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const signedHead = (text: string, ...headers: string[]) =>
  head(
    ...Object.entries(webhook(world.clock.now(), {}).headers).map(([k, v]) => `${k}: ${v}`),
    ...Object.entries(signedFor(text)).map(([k, v]) => `${k}: ${v}`),
    ...headers,
  );
const signedFor = (text: string) => {
  const { headers } = webhook(world.clock.now(), JSON.parse(text) as Record<string, unknown>); // our own JSON
  return headers;
};

async function stillServes() {
  const { userId } = await world.person();
  const top = await newTopup(world, userId);
  expect((await hook.send(eventBody(top.reference, 500_00n))).status).toBe(200);
  expect(await walletOf(world, userId)).toBe(500_00n);
  before = await footprint(world);
}

describe('a body that is too large', () => {
  test('exactly 64 KiB is read, one byte more is not', async () => {
    const fits = await hook.post(' '.repeat(64 * KIB), {});
    expect([fits.status, fits.said]).toEqual([401, 'webhook.unsigned']);
    const over = await hook.post(' '.repeat(64 * KIB + 1), {});
    expect([over.status, over.said]).toEqual([413, 'body.too_large']);
    expect(over.body).toContain('64 KiB');
    expect(await footprint(world)).toEqual(before);
  });

  test('is refused by its word alone, before a byte of it came', async () => {
    const answer = await rawHttp(hook.port, (socket) => {
      socket.write(head('Content-Length: 99999999999'));
    });
    expect(answer.status).toBe(413);
    expect(answer.closed).toBe(true);
    expect(answer.tookMs).toBeLessThan(3000);
  });

  test('without a length is cut off where it becomes too large, and memory stays flat', async () => {
    const chunk = Buffer.alloc(64 * KIB, 0x20);
    const frame = Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
    const memoryBefore = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        rawHttp(hook.port, async (socket) => {
          socket.write(head('Transfer-Encoding: chunked'));
          await flood(socket, frame, 64 * KIB * KIB);
        }),
      ),
    );
    expect(answers.map((a) => a.closed)).toEqual(Array(20).fill(true));
    for (const { status } of answers) expect([413, 0]).toContain(status); // a reset may overtake the answer
    expect(answers.filter((a) => a.status === 413).length).toBeGreaterThan(0);
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(200 * KIB * KIB);
    await stillServes();
  });
});

/** Writes as fast as the other side reads, until it hangs up or `most` bytes are through. */
async function flood(socket: Socket, frame: Buffer, most: number) {
  let sent = 0;
  while (!socket.destroyed && socket.writable && sent < most) {
    sent += frame.length;
    if (!socket.write(frame)) {
      await Promise.race([
        new Promise((resolve) => socket.once('drain', resolve)),
        new Promise((resolve) => socket.once('close', resolve)),
        sleep(2000),
      ]);
    }
  }
}

describe('a length that lies', () => {
  test('shorter than the body: what is left over is no request, and the signature does not fit', async () => {
    const text = JSON.stringify(eventBody('TUXXXXXXXXXX', 1_00n));
    const answer = await rawHttp(
      hook.port,
      (socket) => {
        socket.end(signedHead(text, `Content-Length: ${text.length - 20}`) + text);
      },
      5000,
    );
    expect([400, 401]).toContain(answer.status);
    expect(await footprint(world)).toEqual(before);
  });

  test('longer than the body, and then the sender is gone', async () => {
    const text = JSON.stringify(eventBody('TUXXXXXXXXXX', 1_00n));
    const answer = await rawHttp(
      hook.port,
      (socket) => {
        socket.end(signedHead(text, `Content-Length: ${text.length + 20}`) + text);
      },
      5000,
    );
    expect([400, 0]).toContain(answer.status);
    expect(await footprint(world)).toEqual(before);
  });

  test('longer than the body, and the sender pulls the plug', async () => {
    const text = JSON.stringify(eventBody('TUXXXXXXXXXX', 1_00n));
    for (let n = 0; n < 5; n++) {
      await rawHttp(
        hook.port,
        async (socket) => {
          socket.write(signedHead(text, `Content-Length: ${text.length + 20}`) + text);
          await sleep(50);
          socket.resetAndDestroy();
        },
        2000,
      );
    }
    await sleep(200);
    expect(await footprint(world)).toEqual(before);
  });

  test.each([
    ['negative', ['Content-Length: -1']],
    ['no number', ['Content-Length: many']],
    ['said twice and differently', ['Content-Length: 2', 'Content-Length: 4']],
    ['beside chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
    ['in chunks that are none', ['Transfer-Encoding: chunked', '', 'zz']],
  ])('%s: 400', async (_, headers) => {
    const answer = await rawHttp(hook.port, (socket) => {
      socket.write(`${head(...headers)}{}`);
    });
    expect(answer.status).toBe(400);
    expect(answer.closed).toBe(true);
    expect(await footprint(world)).toEqual(before);
  });
});

test('a body that comes a byte a second is given up after ten seconds with 408, and others are served meanwhile', async () => {
  const slow = rawHttp(
    hook.port,
    async (socket) => {
      socket.write(head('Content-Length: 1000'));
      for (let n = 0; n < 12 && !socket.destroyed && socket.writable; n++) {
        socket.write(' ');
        await sleep(1000);
      }
    },
    20_000,
  );
  await stillServes();
  const answer = await slow;
  expect(answer.status).toBe(408);
  expect(answer.text).toContain('body.slow');
  expect(answer.closed).toBe(true);
  expect(answer.tookMs).toBeLessThan(15_000);
  expect(await footprint(world)).toEqual(before);
});
