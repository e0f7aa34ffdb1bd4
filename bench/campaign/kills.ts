import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.ts';
import { refillCrowd } from './crowd.ts';
import { auditLedger } from './ledger-audit.ts';
import type { Occurrence, Stage } from './stage.ts';

const kills = 5;
/** From one kill to the next. A chunk whose worker died goes on after half a minute: not all may be waiting for that. */
const shortestMs = 500;
const longestMs = 6000;

/** `kill -9` at random moments while a campaign goes out; another worker takes the place of each. */
export async function measureKills(
  stage: Stage,
  { recipients, say }: { recipients: number; say: (line: string) => void },
) {
  await refillCrowd(stage.db, { recipients, now: Date.now() });
  const workers = new Set(await Promise.all([stage.startWorker('campaign'), stage.startWorker('campaign')]));
  const { ended } = await stage.begin(workers);
  let isOver = false;
  const killing = killAtRandom(stage, workers, () => isOver);
  const occurrence: Occurrence = await ended;
  isOver = true;
  const killed = await killing;
  await Promise.all([...workers].map((worker) => worker.stop()));
  const audit = await auditLedger(stage.db, occurrence.arrivals);
  say(
    `${killed} workers killed among ${recipients} messages: ${audit.duplicates} twice, ${audit.unlistedLosses} lost ` +
      `without being listed, ${audit.unknown} listed as unknown`,
  );
  return audit;
}

async function killAtRandom(stage: Stage, workers: Set<Child>, isOver: () => boolean): Promise<number> {
  let killed = 0;
  while (killed < kills) {
    await pause(shortestMs + Math.random() * (longestMs - shortestMs));
    const [victim] = workers;
    if (isOver() || victim === undefined) break;
    workers.delete(victim);
    await victim.kill();
    killed += 1;
    workers.add(await stage.startWorker('campaign'));
  }
  return killed;
}
