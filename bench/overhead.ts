import type { BenchOptions, Figures } from './main.ts';
import { openBenchServer } from './runs/bench-server.ts';

const rounds = 9;
const runsPerRound = 60;
const warmUp = 20;

/**
 * Completed journeys a second (send, wait, send, recorded exit) over a bare Temporal workflow of the same shape that
 * records no exit, with deliveries that do nothing. Alternately on one server and one worker, so that a busy machine
 * slows both; the median of the rounds counts.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  const server = await openBenchServer(say);
  const perSecond = async (type: string, runs: number) => {
    const begin = performance.now();
    await Promise.all(Array.from({ length: runs }, () => server.play(type)));
    return (runs * 1000) / (performance.now() - begin);
  };
  try {
    await perSecond('send-wait-send@1', warmUp);
    await perSecond('bareSendWaitSend', warmUp);
    const measured: { ours: number; bare: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const oursFirst = round % 2 === 0;
      const first = await perSecond(oursFirst ? 'send-wait-send@1' : 'bareSendWaitSend', runsPerRound);
      const second = await perSecond(oursFirst ? 'bareSendWaitSend' : 'send-wait-send@1', runsPerRound);
      const [ours, bare] = oursFirst ? [first, second] : [second, first];
      measured.push({ ours, bare });
      say(
        `round ${round + 1}: ours ${ours.toFixed(1)}/s, bare ${bare.toFixed(1)}/s, ratio ${(ours / bare).toFixed(2)}`,
      );
    }
    return {
      ratio: round(median(measured.map(({ ours, bare }) => ours / bare))),
      perSecond: round(median(measured.map(({ ours }) => ours))),
      barePerSecond: round(median(measured.map(({ bare }) => bare))),
    };
  } finally {
    await server.close();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
