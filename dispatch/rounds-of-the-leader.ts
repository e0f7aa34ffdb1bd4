export interface RoundsOfTheLeader {
  /** Begins a round as soon as this process leads, and then again and again. Does nothing while it is already going. */
  start(): void;
  /** Breaks a round off; what it has done stays done. */
  stop(): Promise<void>;
}

export interface RoundsOptions {
  /** True in the one process that works for all; asked all the time, for the lead may pass on. */
  readonly leads: () => boolean;
  /** From the beginning of one round to that of the next, in milliseconds. */
  readonly everyMs: number;
  /** How often it is looked whether a round is due, in milliseconds. Default 5 seconds. */
  readonly lookMs?: number;
  /** Ends soon after the signal; never fails. */
  readonly work: (signal: AbortSignal) => Promise<void>;
}

/** Work that one process does for all, in rounds. A round is broken off when the lead passes on. */
export function createRoundsOfTheLeader({
  leads,
  everyMs,
  lookMs = 5_000,
  work,
}: RoundsOptions): RoundsOfTheLeader {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let breakOff = new AbortController();
  let lastBegan = -Infinity;

  function look(): void {
    if (!leads()) {
      breakOff.abort();
      return;
    }
    if (running !== undefined || performance.now() - lastBegan < everyMs) return;
    lastBegan = performance.now();
    breakOff = new AbortController();
    running = work(breakOff.signal).finally(() => {
      running = undefined;
    });
  }

  return {
    start() {
      if (timer !== undefined) return;
      timer = setInterval(look, lookMs);
      look();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      breakOff.abort();
      await running;
    },
  };
}
