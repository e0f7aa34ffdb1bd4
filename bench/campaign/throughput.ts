import type { Child } from './child.ts';
import { refillCrowd } from './crowd.ts';
import { auditLedger } from './ledger-audit.ts';
import type { Occurrence, Stage } from './stage.ts';

/** Few and many take turns: few, many, few, many, few. */
const turns = ['few', 'many', 'few', 'many', 'few'] as const;

/** How fast a campaign leaves, to `recipients` and to a tenth of them, by turns. */
export async function measureThroughput(
  stage: Stage,
  options: { recipients: number; workers: number; say: (line: string) => void },
) {
  const { recipients, say } = options;
  const workers = new Set(
    await Promise.all(Array.from({ length: options.workers }, () => stage.startWorker('campaign'))),
  );
  const sizes = { few: Math.ceil(recipients / 10), many: recipients };
  // Warms the workers up; a campaign of a thousand is over before their code is compiled.
  await play(stage, sizes.few, workers);
  const played = { few: [] as Occurrence[], many: [] as Occurrence[] };
  for (const turn of turns) {
    const occurrence = await play(stage, sizes[turn], workers);
    played[turn].push(occurrence);
    say(
      `${String(sizes[turn]).padStart(8)} recipients: ${rateOf(occurrence).toFixed(0)} messages/s, ` +
        `${(1000 * perMessage(occurrence)).toFixed(2)} ms of the workers' processor time each, ` +
        `${occurrence.rssMb.toFixed(0)} MB, ${occurrence.historyEvents} events`,
    );
  }
  await Promise.all([...workers].map((worker) => worker.stop()));
  const { few, many } = played;
  const audit = await auditLedger(stage.db, few.at(-1)?.arrivals ?? []);
  const figures = {
    perSecond: Math.round(median(many.map(rateOf))),
    cpuMsPerMessage: hundredths(1000 * median(many.map(perMessage))),
    rssMb: Math.round(Math.max(...many.map(({ rssMb }) => rssMb))),
    maxHistoryEvents: Math.max(...many.map(({ historyEvents }) => historyEvents)),
    perMessageRatio: hundredths(median(few.map(rateOf)) / median(many.map(rateOf))),
    cpuPerMessageRatio: hundredths(median(many.map(perMessage)) / median(few.map(perMessage))),
  };
  return { figures, audit };
}

async function play(stage: Stage, recipients: number, workers: ReadonlySet<Child>): Promise<Occurrence> {
  await refillCrowd(stage.db, { recipients, now: Date.now() });
  const { ended } = await stage.begin(workers);
  const occurrence = await ended;
  if (occurrence.arrivals.length !== recipients) {
    throw new Error(`${occurrence.arrivals.length} of ${recipients} messages reached the provider.`);
  }
  return occurrence;
}

function rateOf({ arrivals, seconds }: Occurrence): number {
  return arrivals.length / seconds;
}

function perMessage({ arrivals, cpuSeconds }: Occurrence): number {
  return cpuSeconds / arrivals.length;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2;
}

export function hundredths(figure: number): number {
  return Math.round(figure * 100) / 100;
}
