import { expect, test } from 'vitest';
import { readBody } from '../../src/api/body.ts';

const LIMITS = { maxBytes: 1000, timeoutMs: 100 };

/** A request whose body comes as `pull` gives it. */
function request(pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void | Promise<void>) {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull,
    cancel: () => {
      cancelled = true;
    },
  });
  const made = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit);
  return { made, cancelled: () => cancelled };
}

test('the bytes come whole, in their order', async () => {
  let n = 0;
  const { made } = request((c) => {
    n += 1;
    if (n > 5) c.close();
    else c.enqueue(Uint8Array.of(n, n));
  });
  expect([...(await readBody(made, LIMITS))]).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
});

test('no body is no bytes', async () => {
  expect(await readBody(new Request('http://localhost/'), LIMITS)).toHaveLength(0);
});

test('too many bytes are refused where they become too many, and the rest is not read: body.too_large', async () => {
  let given = 0;
  const { made, cancelled } = request((c) => {
    given += 100;
    c.enqueue(new Uint8Array(100));
  });
  await expect(readBody(made, LIMITS)).rejects.toMatchObject({ code: 'body.too_large', kind: 'too_large' });
  expect(given).toBeLessThan(1500);
  expect(cancelled()).toBe(true);
});

test('a body that never ends is given up: body.slow', async () => {
  const { made, cancelled } = request(() => new Promise(() => {}));
  await expect(readBody(made, LIMITS)).rejects.toMatchObject({ code: 'body.slow', kind: 'timeout' });
  expect(cancelled()).toBe(true);
});

test('a sender who hangs up is not a database that is away: body.cut_off', async () => {
  const { made } = request((c) => c.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })));
  await expect(readBody(made, LIMITS)).rejects.toMatchObject({ code: 'body.cut_off', kind: 'malformed' });
});
