const pauseMs = 1_000;

/**
 * Tells an engine that is away from a run that is stuck: both look like a call without an answer.
 *
 * At first everybody pauses for a moment. When the same row fails again although others got through in between, it is
 * this run's own trouble, and only its row has to wait.
 */
export function createEngineTrouble() {
  let answered = 0;
  let pausedUntil = 0;
  /** By row: how many calls had been answered when it failed last. */
  const failedAt = new Map<string, number>();
  return {
    /** Nobody is told anything for the moment. */
    get paused(): boolean {
      return Date.now() < pausedUntil;
    },
    /** A run answered. */
    answered(row: string): void {
      answered += 1;
      failedAt.delete(row);
    },
    /** No answer for this row. @returns true when it is this run's own trouble; otherwise everybody pauses. */
    isOwn(row: string): boolean {
      const before = failedAt.get(row);
      failedAt.set(row, answered);
      if (before !== undefined && answered > before) return true;
      pausedUntil = Date.now() + pauseMs;
      return false;
    },
  };
}
