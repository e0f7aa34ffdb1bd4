import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

/** How a run stops: once, for one reason, wherever its story stands. */
export interface Ending {
  /** The reason, once there is one. The first stands. */
  readonly reason: string | undefined;
  /** Settles with the reason; never rejects. */
  readonly reached: Promise<string>;
  /** Ends the run: timers and back-offs are cancelled, and nothing that the story does from here on has an effect. */
  end(reason: string): void;
  /**
   * Lets the story do something that takes time. After the end it never settles, so a story cannot catch its own end,
   * send from a `finally` or loop around it.
   */
  letStory<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Settles when nothing that the story began is in flight any more: a delivery is heard out, so that the record is true. */
  settled(): Promise<void>;
}

/** @param scope what the story runs in; ending it cancels whatever waits inside */
export function createEnding(scope: CancellationScope): Ending {
  let reason: string | undefined;
  let inFlight = 0;
  let resolveReached: (reason: string) => void;
  const reached = new Promise<string>((resolve) => {
    resolveReached = resolve;
  });

  function end(why: string): void {
    if (reason !== undefined) return;
    reason = why;
    resolveReached(why);
    scope.cancel();
  }

  return {
    get reason() {
      return reason;
    },
    reached,
    end,
    letStory<Result>(work: () => Promise<Result>) {
      return new Promise<Result>((resolve, reject) => {
        if (reason !== undefined) return;
        inFlight += 1;
        scope
          .run(work)
          .then(
            (result) => {
              if (reason === undefined) resolve(result);
            },
            (error: unknown) => {
              // Only the end of the run, or an operator who cancels it, cancels what a story waits for.
              if (isCancellation(error)) end('cancelled');
              if (reason === undefined) reject(error);
            },
          )
          .finally(() => {
            inFlight -= 1;
          });
      });
    },
    settled: () => CancellationScope.nonCancellable(() => condition(() => inFlight === 0)),
  };
}
