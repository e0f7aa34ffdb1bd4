import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = fileURLToPath(new URL('../histories', import.meta.url));

/** Keeps a history in `tests/histories/`, without the names of the machine, the process and the folders that recorded it. */
export async function keepHistory(name: string, history: Parameters<typeof historyToJSON>[0]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify(anonymous(JSON.parse(historyToJSON(history))), null, 1);
  await writeFile(join(folder, `${name}.json`), text);
}

function anonymous(value: unknown, key = ''): unknown {
  if (key === 'identity') return 'worker';
  if (key === 'stackTrace') return '';
  if (Array.isArray(value)) return value.map((element) => anonymous(element));
  if (typeof value === 'object' && value !== null) {
    if (key === 'taskQueue') return { name: 'journeys', kind: 'TASK_QUEUE_KIND_NORMAL' };
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, anonymous(field, name)]));
  }
  return value;
}
