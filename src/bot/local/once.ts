const MOST = 300;

/**
 * Does a thing once per key and gives every repeat the same answer, also while the first is still at work. It remembers
 * the last few hundred keys of this process: enough for a page that asks again because an answer was lost.
 */
export function createOnce<T>() {
  const answers = new Map<string, Promise<T>>();
  return (key: string, work: () => Promise<T>): Promise<T> => {
    const known = answers.get(key);
    if (known) return known;
    const answer = work();
    answers.set(key, answer);
    answer.catch(() => answers.delete(key)); // what failed may be tried again
    for (const oldest of answers.keys()) {
      if (answers.size <= MOST) break;
      answers.delete(oldest);
    }
    return answer;
  };
}

/** Runs the works of one lane one after the other, lanes side by side: a person's messages are answered in order. */
export function createLanes() {
  const last = new Map<string, Promise<unknown>>();
  return <T>(lane: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(lane) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(lane, mine);
    const leave = () => {
      if (last.get(lane) === mine) last.delete(lane);
    };
    mine.then(leave, leave);
    return mine;
  };
}
