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
