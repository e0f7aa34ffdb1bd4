/** The transaction met a race and is run again from the start, on top of what the other one has committed. */
export class TryAgain extends Error {
  /** Customers that turned out to be concerned and were not locked. */
  readonly alsoLock: readonly string[];

  constructor(alsoLock: readonly string[] = []) {
    super('The transaction is run again.');
    this.alsoLock = alsoLock;
  }
}

const attempts = 8;
/** Deadlock, serialization failure; and a unique violation, when two transactions open the same cart cycle. */
const transient = new Set(['40P01', '40001', '23505']);

/**
 * Runs a transaction until it meets no race. Each attempt locks what the ones before it found missing, in one go and in
 * order, so that locks are never added out of order.
 */
export async function retryTransaction<T>(run: (alsoLock: ReadonlySet<string>) => Promise<T>): Promise<T> {
  const alsoLock = new Set<string>();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(alsoLock);
    } catch (error) {
      if (attempt === attempts || !isRace(error)) throw error;
      if (error instanceof TryAgain) for (const customer of error.alsoLock) alsoLock.add(customer);
    }
  }
}

function isRace(error: unknown): boolean {
  if (error instanceof TryAgain) return true;
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && transient.has(error.code)
  );
}
