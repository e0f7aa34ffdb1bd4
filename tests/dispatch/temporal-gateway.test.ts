import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTemporalGateway } from '../../dispatch/temporal-gateway.ts';
import type { Run } from '../../dispatch/run-gateway.ts';
import type { Happening } from '../../domain/journey.ts';
import { startSimulationServer, type SimulationServer } from '../../engine/start-simulation-server.ts';
import { checkout } from '../kit/checkout.ts';

let server: SimulationServer;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  server = await startSimulationServer({ checkout });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection, namespace: server.namespace });
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

const clock = { now: Date.now };
/** Nobody polls this queue, so a run stays as the gateway left it. */
const gateway = () => createTemporalGateway({ client, clock, taskQueue: 'nobody-works-here' });

function runStarting(startAt: number): Run {
  const enrolment = randomUUID();
  return {
    runId: `journey/test/${enrolment}`,
    type: 'test@1',
    input: { enrolment, customer: randomUUID(), fact: {}, dueAt: startAt },
    startAt,
  };
}

function happening(ends: boolean): Happening {
  return { outboxId: '1', event: 'order.placed', fact: {}, at: Date.now(), ends };
}

async function historyOf(run: Run): Promise<string[]> {
  const { events } = await client.workflow.getHandle(run.runId).fetchHistory();
  return (events ?? []).map((event) => {
    if (event.workflowExecutionStartedEventAttributes) return 'started';
    if (event.workflowExecutionSignaledEventAttributes) return 'told';
    return event.workflowTaskScheduledEventAttributes ? 'woken' : 'other';
  });
}

describe('the Temporal gateway', () => {
  test('starts a run once, however often it is asked', async () => {
    const run = runStarting(Date.now());
    expect(await gateway().start(run)).toBe('started');
    await gateway().start(run);
    expect(await historyOf(run)).toEqual(['started', 'woken']);
  });

  test('does not start a run again that is over', async () => {
    const run = runStarting(Date.now());
    await gateway().start(run);
    await client.workflow.getHandle(run.runId).terminate();
    expect(await gateway().start(run)).toBe('already-started');
    expect(await gateway().lookUp(run.runId)).toBe('closed');
  });

  test('does not wake a run during its start delay for a happening that does not end it', async () => {
    const run = runStarting(Date.now() + 3_600_000);
    await gateway().start(run);
    expect(await gateway().tell(run, happening(false))).toBe('told');
    expect(await historyOf(run)).toEqual(['started', 'told']);
  });

  test('wakes a run during its start delay for a happening that ends it', async () => {
    const run = runStarting(Date.now() + 3_600_000);
    await gateway().start(run);
    expect(await gateway().tell(run, happening(true))).toBe('told');
    expect(await historyOf(run)).toEqual(['started', 'told', 'woken']);
  });

  test('wakes a run that it has to start in order to end it, and does not let it sleep through its start delay', async () => {
    const run = runStarting(Date.now() + 4 * 3_600_000);
    expect(await gateway().tell(run, happening(true))).toBe('told');
    expect(await historyOf(run)).toEqual(['started', 'told', 'woken']);
  });

  test('says so when the run that should hear it is over, or never was', async () => {
    const run = runStarting(Date.now());
    expect(await gateway().lookUp(run.runId)).toBe('unknown');
    expect(await gateway().tell(run, happening(true))).toBe('finished');
    await gateway().start(run);
    await client.workflow.getHandle(run.runId).terminate();
    expect(await gateway().tell(run, happening(true))).toBe('finished');
  });

  test('says that Temporal cannot be reached, within its deadline, and blames no run for it', async () => {
    const nowhere = Connection.lazy({ address: '127.0.0.1:1' });
    const away = createTemporalGateway({
      client: new Client({ connection: nowhere, namespace: server.namespace }),
      clock,
      deadlineMs: 500,
    });
    const before = Date.now();
    await expect(away.start(runStarting(Date.now()))).rejects.toMatchObject({ code: 'engine-unreachable' });
    expect(Date.now() - before).toBeLessThan(5_000);
    await nowhere.close();
  });
});
