import type { Permit, Permits } from './permits.ts';

/**
 * Permits that nobody waits for once the process stops: who would wait gets none, so a list under a slow limit lets go of
 * what has not left yet, and another worker goes on with it. A permit that was taken already may still be used.
 */
export function stoppablePermits(permits: Permits, stopping: AbortSignal): Permits {
  return {
    ...permits,
    async take(connection, wanted, manners) {
      if (stopping.aborted) return [];
      return unlessStopped(permits.take(connection, wanted, manners), stopping);
    },
  };
}

/**
 * Listens for as long as it waits and no longer. One promise of the end for all who wait would keep whatever was raced
 * against it for the life of the process.
 */
function unlessStopped(
  permits: Promise<readonly Permit[]>,
  stopping: AbortSignal,
): Promise<readonly Permit[]> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve([]);
    stopping.addEventListener('abort', stop, { once: true });
    permits.finally(() => stopping.removeEventListener('abort', stop)).then(resolve, reject);
  });
}
