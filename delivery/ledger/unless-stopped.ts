/**
 * What the work comes to, or `instead` when the process stops first: nobody waits for it any more.
 *
 * Listens for as long as it waits and no longer. One promise of the end for all who wait would keep whatever was raced
 * against it for the life of the process.
 */
export function unlessStopped<Result>(
  work: () => Promise<Result>,
  stopping: AbortSignal,
  instead: () => Promise<Result>,
): Promise<Result> {
  if (stopping.aborted) return instead();
  return new Promise((resolve, reject) => {
    const stop = () => resolve(instead());
    stopping.addEventListener('abort', stop, { once: true });
    work()
      .finally(() => stopping.removeEventListener('abort', stop))
      .then(resolve, reject);
  });
}
