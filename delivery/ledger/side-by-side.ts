/**
 * Does the work of each item, all of them beside each other unless `atOnce` says how many at most, and begins none once it
 * is told to stop. Comes back, or fails as one of them did, when nothing is under way any more.
 */
export async function sideBySide<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  { atOnce = items.length, signal }: { readonly atOnce?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const waiting = items.values();
  async function takeTurns(): Promise<void> {
    for (const item of waiting) {
      if (signal?.aborted === true) return;
      await work(item);
    }
  }
  const turns = await Promise.allSettled(Array.from({ length: atOnce }, takeTurns));
  const failed = turns.find((turn) => turn.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
