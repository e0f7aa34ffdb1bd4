import { parseArgs } from 'node:util';
import { measureKills } from './campaign/kills.ts';
import { measureLatency } from './campaign/latency.ts';
import { openStage } from './campaign/stage.ts';
import { measureThroughput } from './campaign/throughput.ts';
import { measureWindow } from './campaign/window.ts';
import type { BenchOptions, Figures } from './main.ts';

/**
 * A campaign as it goes out in production, to customers in forty zones: the engine's Temporal and PostgreSQL, worker
 * processes, all gates, the ledger, and a provider in a process of its own that accepts at once.
 *
 * `npm run bench -- campaign [--recipients 10000] [--workers 2] [--only throughput,window,latency] [--kill]`
 *
 * - throughput: messages a second to all and, by turns, to a tenth of them
 * - window: the most requests in any second, when four processes share a limit
 * - latency: what a campaign costs a journey's message
 * - `--kill`: workers die at random; what the provider saw is compared with the ledger
 */
export async function run({ say, flags }: BenchOptions): Promise<Figures> {
  const { recipients, workers, only, kill } = settingOf(flags);
  const stage = await openStage(say);
  // The engine's processes outlive this one: whoever has waited long enough shall not leave them behind.
  const giveUp = () => void stage.close().finally(() => process.exit(1));
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp);
  try {
    const throughput = only.includes('throughput')
      ? await measureThroughput(stage, { recipients, workers, say })
      : undefined;
    const window = only.includes('window') ? await measureWindow(stage, say) : undefined;
    const audit = kill ? await measureKills(stage, { recipients, say }) : throughput?.audit;
    const perSecond = throughput?.figures.perSecond ?? rateWithoutMeasurement;
    const latency = only.includes('latency') ? await measureLatency(stage, { perSecond, say }) : undefined;
    return { recipients, ...throughput?.figures, ...window, ...audit, ...latency };
  } finally {
    await stage.close();
  }
}

/** Messages a second that are taken for a campaign's greatest rate when only the latency is asked for. */
const rateWithoutMeasurement = 1000;
const parts = ['throughput', 'window', 'latency'];

function settingOf(flags: readonly string[]) {
  const { values } = parseArgs({
    args: [...flags],
    options: {
      recipients: { type: 'string', default: '10000' },
      workers: { type: 'string', default: '2' },
      only: { type: 'string', default: parts.join(',') },
      kill: { type: 'boolean', default: false },
      json: { type: 'boolean' },
    },
  });
  const [recipients, workers] = [Number(values.recipients), Number(values.workers)];
  const only = values.only.split(',').filter((part) => part !== 'kill');
  const isSound =
    Number.isInteger(recipients) &&
    recipients >= 100 &&
    workers >= 1 &&
    only.every((part) => parts.includes(part));
  if (isSound) return { recipients, workers, only, kill: values.kill };
  throw new TypeError(
    `--recipients takes a number from 100 on, --workers one from 1 on, --only some of ${parts.join(', ')} or kill.`,
  );
}
