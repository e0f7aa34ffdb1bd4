import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test, vi } from 'vitest';

import { shareServer } from '../../engine/shared-server.ts';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { startTestDatabaseServer } from '../../engine/start-test-database-server.ts';
import { checkout } from '../kit/checkout.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

test('is opened for each and closed by the last that leaves', async () => {
  const { share, happened } = server();
  const first = await share();
  const second = await share();
  await first.stop();
  expect(happened).toEqual(['open, others 0', 'open, others 1']);

  await second.stop();
  expect(happened.at(-1)).toBe('close');
});

test('is not closed twice by one that leaves twice', async () => {
  const { share, happened } = server();
  const first = await share();
  const second = await share();
  await Promise.all([first.stop(), first.stop()]);
  expect(happened).not.toContain('close');

  await second.stop();
  await second.stop();
  expect(happened.filter((event) => event === 'close')).toHaveLength(1);
});

test('does not wait for a user that was killed', async () => {
  const { share, folder, happened } = server();
  const child = await userElsewhere(folder);
  const own = await share();
  expect(happened).toEqual(['open, others 1']);

  child.kill('SIGKILL');
  await once(child, 'exit');
  await own.stop();
  expect(happened.at(-1)).toBe('close');
  expect(readdirSync(join(folder, 'users'))).toEqual([]);
});

test('jumps to the end of a wait in virtual time', async () => {
  const simulation = await startSimulationServer({ checkout });
  onTestFinished(() => simulation.stop());
  const connection = await Connection.connect({ address: simulation.address });
  onTestFinished(() => connection.close());
  const { namespace } = simulation;
  const client = new Client({ connection, namespace });
  const workflowId = `waits-a-month-${Date.now()}`;
  const run = await client.workflow.start('nobody-runs-this', {
    workflowId,
    taskQueue: workflowId,
    startDelay: '30 days',
  });

  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, maxSessionSkipCount: 1 } },
    updateMask: { paths: ['time_skipping_config'] },
  });
  await vi.waitFor(async () => {
    const { raw } = await run.describe();
    const seconds = raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime?.seconds;
    expect(Number(seconds) * 1000 - Date.now()).toBeGreaterThan(29 * 24 * 3600 * 1000);
  });
  await run.terminate();
});

test('keeps runs for seven days', async () => {
  const simulation = await startSimulationServer({ checkout });
  onTestFinished(() => simulation.stop());
  const connection = await Connection.connect({ address: simulation.address });
  onTestFinished(() => connection.close());
  const { config } = await connection.workflowService.describeNamespace({ namespace: simulation.namespace });

  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(7 * 24 * 3600);
});

test('gives every user the same database server', async () => {
  const first = await startTestDatabaseServer({ checkout });
  onTestFinished(() => first.stop());
  const second = await startTestDatabaseServer({ checkout });
  await second.stop();

  expect(second.url).toBe(first.url);
  expect(first.version).toBeGreaterThanOrEqual(15);
});

function server() {
  const folder = temporaryFolder();
  const happened: string[] = [];
  const share = () =>
    shareServer({
      folder,
      checkout,
      open: async ({ count }) => happened.push(`open, others ${count}`),
      close: async () => void happened.push('close'),
    });
  return { folder, happened, share };
}

async function userElsewhere(folder: string) {
  const script = join(import.meta.dirname, 'share-and-wait.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}
