import { fail } from '../core/error.ts';

/**
 * The raw bytes of a request, never more than `maxBytes` in memory and never waited for longer than `timeoutMs`.
 * Refuses `body.too_large` (by its word or by its weight), `body.slow` and `body.cut_off`.
 */
export async function readBody(request: Request, limits: { maxBytes: number; timeoutMs: number }): Promise<Uint8Array> {
  const { maxBytes, timeoutMs } = limits;
  const tooLarge = () => fail('body.too_large', { maxKib: Math.floor(maxBytes / 1024) });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) tooLarge();
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('slow')), timeoutMs);
  });
  deadline.catch(() => {});
  try {
    for (;;) {
      // A read that fails is a sender who hung up: their affair, and not to be taken for a fault of ours.
      const chunk = reader.read().catch(() => fail('body.cut_off'));
      const next = await Promise.race([chunk, deadline.catch(() => fail('body.slow'))]);
      if (next.done) return Buffer.concat(chunks);
      length += next.value.byteLength;
      if (length > maxBytes) tooLarge();
      chunks.push(next.value);
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {}); // harmless at the end, and ends a body that nobody wants any more
  }
}
