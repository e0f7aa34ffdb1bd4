import { setTimeout as pause } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import Long from 'long';

const callLimitMs = 2_000;
const sevenDaysInSeconds = 7 * 24 * 60 * 60;

/**
 * Waits until the server answers for this namespace, and gives it seven days of retention.
 * Safe to repeat.
 *
 * @param shouldGiveUp asked between tries, e.g. whether the process has ended
 * @returns false when it gave up
 */
export async function waitForNamespace(options: {
  address: string;
  namespace: string;
  shouldGiveUp: () => boolean;
}): Promise<boolean> {
  const connection = Connection.lazy({ address: options.address });
  try {
    while (!options.shouldGiveUp()) {
      if (await answersFor(connection, options.namespace)) return true;
      await pause(25);
    }
    return false;
  } finally {
    await connection.close();
  }
}

/** True when a Temporal server answers at this address, now, for this namespace. */
export async function doesTemporalAnswer(address: string, namespace: string): Promise<boolean> {
  const connection = Connection.lazy({ address });
  try {
    return await answersFor(connection, namespace);
  } finally {
    await connection.close();
  }
}

async function answersFor(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + callLimitMs, async () => {
      const described = await connection.workflowService.describeNamespace({ namespace });
      const retention = described.config?.workflowExecutionRetentionTtl?.seconds;
      if (Number(retention ?? 0) >= sevenDaysInSeconds) return;
      await connection.workflowService.updateNamespace({
        namespace,
        config: { workflowExecutionRetentionTtl: { seconds: Long.fromNumber(sevenDaysInSeconds) } },
      });
    });
    return true;
  } catch {
    return false;
  }
}
