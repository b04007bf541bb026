import { later } from '../clock.ts';
import type { Context } from '../context.ts';
import type { Db } from '../db.ts';

type Recall<T> = (ctx: Context, key: string, read: () => Promise<T>) => Promise<T>;

interface Kept<T> {
  key: string;
  readAt: Date;
  answer: Promise<T>;
  /** Whether a newer answer is on its way. */
  renewing: boolean;
}

/**
 * Keeps one answer of the database in this process, for figures that cost more than they change. Up to `freshMs` it is
 * simply given; up to `usableMs` it is given and read anew behind the back of whoever asked; older than that, or under
 * another key, it is waited for, by everybody together. Every pool has a memory of its own, and a reading that failed is
 * not kept.
 */
export function memory<T>(age: { freshMs: number; usableMs: number }): Recall<T> {
  const memories = new WeakMap<Db, Kept<T>>();
  return (ctx, key, read) => {
    const now = ctx.clock.now();
    const known = memories.get(ctx.db);
    const isOf = (ms: number) => known?.key === key && known.readAt <= now && now < later(known.readAt, ms);
    const keep = (answer: Promise<T>) => memories.set(ctx.db, { key, readAt: now, answer, renewing: false });
    if (known && isOf(age.usableMs)) {
      if (!isOf(age.freshMs) && !known.renewing) {
        known.renewing = true;
        const renewed = read();
        renewed.then(
          () => keep(renewed),
          () => {
            known.renewing = false; // the next one to ask tries again
          },
        );
      }
      return known.answer;
    }
    const answer = read();
    keep(answer);
    answer.catch(() => {
      if (memories.get(ctx.db)?.answer === answer) memories.delete(ctx.db);
    });
    return answer;
  };
}
