import { refillCrowd } from './crowd.ts';
import type { Stage } from './stage.ts';

const perSecond = 200;
const processes = 4;
/** Enough for a dozen seconds at the limit. */
const recipients = 2000;
const windowMs = 1000;

/** The most requests that the provider saw in any second, while four processes share a limit of 200 a second. */
export async function measureWindow(stage: Stage, say: (line: string) => void) {
  await refillCrowd(stage.db, { recipients, now: Date.now() });
  const workers = new Set(
    await Promise.all(Array.from({ length: processes }, () => stage.startWorker('campaign', perSecond))),
  );
  const { arrivals, seconds } = await (await stage.begin(workers)).ended;
  await Promise.all([...workers].map((worker) => worker.stop()));
  const windowMax = mostWithin(arrivals.map(({ at }) => at));
  say(
    `a limit of ${perSecond}/s over ${processes} processes: at most ${windowMax} requests in a second, ` +
      `${(arrivals.length / seconds).toFixed(0)} a second on average`,
  );
  return { windowMax };
}

function mostWithin(instants: readonly number[]): number {
  let most = 0;
  let first = 0;
  instants.forEach((instant, index) => {
    while ((instants[first] ?? instant) <= instant - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
