import type { DispatchedEnrolment, OutboxRow } from './outbox-rows.ts';

/** A row, and whom it is for as the database had it when the row was read. */
export interface Telling {
  readonly row: OutboxRow;
  readonly enrolment: DispatchedEnrolment | undefined;
}

export interface LanesDependencies {
  /** @returns false when the row has to be tried again later. */
  readonly settle: (telling: Telling) => Promise<boolean>;
  /** Asked before every row. */
  readonly mayWork: () => boolean;
  /** A lane is empty, or has given up for now. */
  readonly onEnd: () => void;
  /** How many lanes work side by side. */
  readonly parallel: number;
}

/**
 * One lane for each run: its rows one after the other, lanes side by side. A row that cannot be told ends its lane, and
 * what stood behind it is read again later, in order.
 */
export function createLanes({ settle, mayWork, onEnd, parallel }: LanesDependencies) {
  const lanes = new Map<string, Telling[]>();
  const working = new Set<string>();
  /** Rows that must not be read again: those in a lane, and those that are done and not deleted yet. */
  const held = new Set<string>();
  let done: string[] = [];
  let finished = 0;

  async function workLane(enrolment: string, lane: Telling[]): Promise<void> {
    let next = lane[0];
    while (next !== undefined && mayWork() && (await settle(next))) {
      lane.shift();
      done.push(next.row.id);
      finished += 1;
      next = lane[0];
    }
    drop(enrolment, lane);
  }

  function drop(enrolment: string, lane: readonly Telling[]): void {
    for (const { row } of lane) held.delete(row.id);
    lanes.delete(enrolment);
  }

  return {
    /** The ids of rows that must not be read again. */
    get held(): readonly string[] {
      return [...held];
    },
    get isEmpty(): boolean {
      return lanes.size === 0;
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
      const lane = lanes.get(enrolment);
      if (lane) lane.push(telling);
      else lanes.set(enrolment, [telling]);
    },

    /** Lets idle lanes work, as many side by side as allowed. */
    work(): void {
      for (const [enrolment, lane] of lanes) {
        if (working.size >= parallel) return;
        if (working.has(enrolment)) continue;
        working.add(enrolment);
        void workLane(enrolment, lane).finally(() => {
          working.delete(enrolment);
          onEnd();
        });
      }
    },

    /** Gives back what no lane has begun with: somebody else may do it, or we ourselves later. */
    giveBack(): void {
      for (const [enrolment, lane] of lanes) if (!working.has(enrolment)) drop(enrolment, lane);
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
