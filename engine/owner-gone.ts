import { setTimeout as sleep } from 'node:timers/promises';
import { engineStatus } from './engine-status.ts';
import type { Engine } from './start-engine.ts';

const lookMs = 500;

/**
 * Settles when the process whose engine is shared is gone: from then on nobody starts a part again that dies. Never, for an
 * engine of our own or a cluster of somebody else's.
 */
export async function ownerGone(engine: Engine, dataFolder: string): Promise<'owner-gone'> {
  if (engine.owner === undefined) return new Promise(() => undefined);
  for (;;) {
    const { owner } = await engineStatus({ dataFolder });
    if (owner?.pid !== engine.owner) return 'owner-gone';
    await sleep(lookMs, undefined, { ref: false });
  }
}
