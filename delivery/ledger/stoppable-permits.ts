import type { Permits } from './permits.ts';
import { unlessStopped } from './unless-stopped.ts';

/**
 * Permits that nobody waits for once the process stops: who would wait gets none, so a list under a slow limit lets go of
 * what has not left yet, and another worker goes on with it. A permit that was taken already may still be used.
 */
export function stoppablePermits(permits: Permits, stopping: AbortSignal): Permits {
  return {
    ...permits,
    take: (...wish) =>
      unlessStopped(
        () => permits.take(...wish),
        stopping,
        async () => [],
      ),
  };
}
