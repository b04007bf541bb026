import type { ExportEnd } from '../../core/ops/exports.ts';
import type { Bytes } from './sheet.ts';

/** How long somebody may read nothing before their place is given to others. */
const PATIENCE_MS = 120_000;

/**
 * The body of an answer that is made only as fast as it is read. However it ends (all read, reader gone, reader asleep, a
 * fault), the source is closed and `onEnd` is told, once.
 */
export function streamOf(
  source: Bytes,
  onEnd: (end: ExportEnd, fault?: unknown) => Promise<void>,
  patienceMs = PATIENCE_MS,
): ReadableStream<Uint8Array> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const finish = async (end: ExportEnd, fault?: unknown) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    await source.return().catch(() => {});
    await onEnd(end, fault);
  };
  const watch = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      controller.error(new Error('the reader of an export stands still'));
      void finish('aborted');
    }, patienceMs).unref();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: watch,
      async pull(controller) {
        clearTimeout(timer);
        try {
          const piece = await source.next();
          if (isOver) return;
          if (piece.done) {
            await finish('complete');
            controller.close();
          } else {
            controller.enqueue(piece.value);
            watch(controller);
          }
        } catch (fault) {
          await finish('failed', fault);
          // The connection is cut: half a file must not look like a whole one. What went wrong is for the log alone.
          controller.error(new Error('an export failed'));
        }
      },
      cancel: () => finish('aborted'),
    },
    { highWaterMark: 0 },
  );
}
