import type { DispatchedEnrolment, OutboxRow } from './outbox-rows.ts';

/** A row, and whom it is for as the database had it when the row was read. */
export interface Telling {
  readonly row: OutboxRow;
  readonly enrolment: DispatchedEnrolment | undefined;
}

export interface RunChainsDependencies {
  /** @returns false when the row has to be tried again later. */
  readonly settle: (telling: Telling) => Promise<boolean>;
  /** Asked before every row. */
  readonly mayWork: () => boolean;
  /** A chain is empty, or has given up for now. */
  readonly onEnd: () => void;
  /** How many chains work side by side. */
  readonly parallel: number;
}

/**
 * One chain for each run: its rows one after the other, chains side by side. A row that cannot be told ends its chain, and
 * what stood behind it is read again later, in order.
 */
export function createRunChains({ settle, mayWork, onEnd, parallel }: RunChainsDependencies) {
  const chains = new Map<string, Telling[]>();
  const working = new Set<string>();
  /** Rows that must not be read again: those in a chain, and those that are done and not deleted yet. */
  const held = new Set<string>();
  let done: string[] = [];
  let finished = 0;

  async function workChain(enrolment: string, chain: Telling[]): Promise<void> {
    let next = chain[0];
    while (next !== undefined && mayWork() && (await settle(next))) {
      chain.shift();
      done.push(next.row.id);
      finished += 1;
      next = chain[0];
    }
    drop(enrolment, chain);
  }

  function drop(enrolment: string, chain: readonly Telling[]): void {
    for (const { row } of chain) held.delete(row.id);
    chains.delete(enrolment);
  }

  return {
    /** The ids of rows that must not be read again. */
    get held(): readonly string[] {
      return [...held];
    },
    get isEmpty(): boolean {
      return chains.size === 0;
    },
    get isWorking(): boolean {
      return working.size > 0;
    },
    /** How many rows were told since the beginning. */
    get finished(): number {
      return finished;
    },

    add(telling: Telling): void {
      const { id, enrolment } = telling.row;
      held.add(id);
      const chain = chains.get(enrolment);
      if (chain) chain.push(telling);
      else chains.set(enrolment, [telling]);
    },

    /** Lets idle chains work, as many side by side as allowed. */
    work(): void {
      for (const [enrolment, chain] of chains) {
        if (working.size >= parallel) return;
        if (working.has(enrolment)) continue;
        working.add(enrolment);
        void workChain(enrolment, chain).finally(() => {
          working.delete(enrolment);
          onEnd();
        });
      }
    },

    /** Gives back what no chain has begun with: somebody else may do it, or we ourselves later. */
    giveBack(): void {
      for (const [enrolment, chain] of chains) if (!working.has(enrolment)) drop(enrolment, chain);
    },

    /** Hands what is done to `remove`, and keeps holding it until that has worked. */
    async clear(remove: (ids: readonly string[]) => Promise<void>): Promise<void> {
      const ids = done;
      done = [];
      try {
        await remove(ids);
      } catch (error) {
        done.push(...ids);
        throw error;
      }
      for (const id of ids) held.delete(id);
    },
  };
}
