import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.ts';
import type { RunInput } from '../../domain/journey.ts';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';

export interface BenchServer {
  /** Starts a run and waits for its end. */
  play(type: string, options?: { readonly startDelay?: number }): Promise<{ readonly workflowId: string }>;
  /** State transitions that a run has cost. */
  transitionsOf(workflowId: string): Promise<number>;
  close(): Promise<void>;
}

/** A real server and one worker that knows the journeys and their bare twins; deliveries do nothing. */
export async function openBenchServer(say: (line: string) => void): Promise<BenchServer> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const checkout = join(import.meta.dirname, '../..');
  const server = await startSimulationServer({ checkout, onProgress: say });
  const connection = await Connection.connect({ address: server.address });
  const nativeConnection = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const taskQueue = `bench-${randomUUID()}`;
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace: server.namespace,
    taskQueue,
    workflowBundle: await bundleJourneys({ entry: join(import.meta.dirname, 'index.ts') }),
    activities: createActivities({
      deliver: async (requests) =>
        requests.map(({ sendKey }) => ({ status: 'sent', channel: 'email', delivery: sendKey })),
      answer: async () => 0,
      recordExit: async () => undefined,
    }),
    maxCachedWorkflows: 500,
  });
  const running = worker.run();

  return {
    async play(type, { startDelay } = {}) {
      const workflowId = `bench/${randomUUID()}`;
      const input: RunInput = {
        enrolment: randomUUID(),
        customer: randomUUID(),
        fact: { cycle: randomUUID() },
        dueAt: Date.now() + (startDelay ?? 0),
      };
      await client.workflow.execute(type, {
        workflowId,
        taskQueue,
        args: [input],
        ...(startDelay !== undefined && { startDelay }),
      });
      return { workflowId };
    },
    async transitionsOf(workflowId) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      return Number(raw.workflowExecutionInfo?.stateTransitionCount);
    },
    async close() {
      worker.shutdown();
      await running;
      await nativeConnection.close();
      await connection.close();
      await server.stop();
    },
  };
}
