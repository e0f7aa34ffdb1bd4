import type { Permits } from './permits.ts';

/**
 * Permits that nobody waits for once the process stops: who would wait gets none, so a list under a slow limit lets go of
 * what has not left yet, and another worker goes on with it. A permit that was taken already may still be used.
 */
export function stoppablePermits(permits: Permits, stopping: AbortSignal): Permits {
  const stopped = new Promise<readonly []>((resolve) => {
    const stop = () => resolve([]);
    if (stopping.aborted) stop();
    stopping.addEventListener('abort', stop, { once: true });
  });
  return {
    ...permits,
    async take(connection, wanted, manners) {
      if (stopping.aborted) return [];
      return Promise.race([permits.take(connection, wanted, manners), stopped]);
    },
  };
}
