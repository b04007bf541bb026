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
