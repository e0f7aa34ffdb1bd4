import type { BenchOptions, Figures } from './main.ts';
import { openBenchServer } from './runs/bench-server.ts';

const budget = { waitSend: 8, sendWaitSend: 12 };

/**
 * What a run costs the server in state transitions, which is what a cluster's capacity is counted in. Each journey
 * stands beside the same in bare Temporal. The second journey also asks a question; both record their exit.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  const server = await openBenchServer(say);
  const cost = async (type: string, startDelay?: number) => {
    const { workflowId } = await server.play(type, startDelay === undefined ? {} : { startDelay });
    return server.transitionsOf(workflowId);
  };
  try {
    const figures = {
      waitSend: await cost('wait-send@1', 1000),
      bareWaitSend: await cost('bareWaitSend', 1000),
      sendWaitSend: await cost('send-wait-ask-send@1'),
      bareSendWaitSend: await cost('bareSendWaitSend'),
    };
    say('                    ours   bare   budget');
    say(`wait, send          ${row(figures.waitSend, figures.bareWaitSend, budget.waitSend)}`);
    say(`send, wait, send    ${row(figures.sendWaitSend, figures.bareSendWaitSend, budget.sendWaitSend)}`);
    return figures;
  } finally {
    await server.close();
  }
}

function row(...figures: readonly number[]): string {
  return figures.map((figure) => String(figure).padStart(4)).join('   ');
}
