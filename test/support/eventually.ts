import { setTimeout as sleep } from 'node:timers/promises';

/** How long a test waits for what happens by itself: far longer than that takes, also where the machine is busy. */
export const PATIENCE_MS = 20_000;

/** Looks again and again until there is something, and answers with it. */
export async function eventually<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > untilMs) throw new Error(`waited in vain for ${look}`);
    await sleep(10);
  }
}
