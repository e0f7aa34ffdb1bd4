/** `Promise.all` with at most `limit` under way at once; results in the order of the items. The first failure is thrown at the end. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  async function takeTurns(): Promise<void> {
    for (const [index, item] of queue) results.set(index, await work(item));
  }
  const turns = Array.from({ length: Math.min(limit, items.length) }, takeTurns);
  const failures = (await Promise.allSettled(turns)).filter((turn) => turn.status === 'rejected');
  for (const failure of failures) throw failure.reason;
  return [...results.entries()].sort(([one], [other]) => one - other).map(([, result]) => result);
}
