import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { createProgram } from '../../cli/create-program.ts';
import { createClient } from '../../client/create-client.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createHttp } from '../../http/create-http.ts';
import { createIntake } from '../../intake/create-intake.ts';
import * as journeyModules from '../../workflows/index.ts';
import { listJourneys } from '../../workflows/list-journeys.ts';
import { createTestDatabase } from '../kit/database.ts';
import { parseCommandLine } from './command-line.ts';

/** A shop as it runs after `npm start`, as far as commands and events need one. */
export interface RunningShop {
  /** Where it listens. */
  readonly url: string;
  /** A key of it. */
  readonly key: string;
  /** Runs a line of shell that consists of `npx perennial` and `curl`, in this process. Throws when it fails. */
  run(line: string): Promise<string>;
  close(): Promise<void>;
}

const files = {
  'orders.csv':
    'id,customer,at,variant,quantity,price,currency\no-1,c-2001,2026-02-01 10:00,85123A,2,2.55,GBP\nr-1,c-2001,2026-02-09,85123A,-1,2.55,GBP\n',
  'orders.jsonl':
    '{"id":"o-2","customer":"c-2001","at":"2026-02-20T10:00:00Z","currency":"GBP","lines":[{"variant":"85123A","quantity":1,"price":2.55}]}\n',
  '2010-12.csv':
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\nC536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom\n',
  'products.csv':
    'variant,title,price.amount,price.currency,stock\n85123A,White hanging heart,255,GBP,12\n',
  'customers.csv': 'customerId,email,locale\nc-2001,jun@example.com,ko-KR\n',
  'consents.ndjson': '{"customerId":"c-2001","channel":"email","state":"granted","occurredAt":"2026-03-01T10:00:00Z"}\n',
};

export async function startRunningShop(): Promise<RunningShop> {
  const database = await createTestDatabase();
  const journeys = listJourneys(journeyModules);
  const intake = createIntake({ db: database.db, journeys, clock: systemClock });
  const client = createClient({
    db: database.db,
    intake,
    journeys,
    clock: systemClock,
    whereabouts: async () => undefined,
  });
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const http = await createHttp({ client, log: silent });
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  const { secret } = await client.createKey('docs');

  const folder = await mkdtemp(join(tmpdir(), 'perennial-shop-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const home = process.cwd();
  process.chdir(folder);
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('PERENNIAL_DATA', folder);

  return {
    url,
    key: secret,
    run: (line) => runLine(line, { url, key: secret }),
    async close() {
      process.chdir(home);
      vi.unstubAllEnvs();
      await http.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runLine(line: string, shop: { readonly url: string; readonly key: string }): Promise<string> {
  let output = '';
  for (const words of parseCommandLine(line)) output = await runProgram(words, output, shop);
  return output;
}

async function runProgram(
  [program, ...words]: readonly string[],
  input: string,
  { url, key }: { readonly url: string; readonly key: string },
): Promise<string> {
  if (program === 'npx') return runPerennial(words.slice(1), input);
  const here = words.map((word) =>
    word
      .replace('http://127.0.0.1:8080', url)
      .replace('$PERENNIAL_KEY', key)
      .replace(`'"$(date -u +%FT%TZ)"'`, new Date().toISOString()),
  );
  const { stdout } = await promisify(execFile)(program ?? '', ['--fail-with-body', ...here], {
    timeout: 20_000,
  });
  return stdout;
}

/** The command itself, without the second that a process of its own would take. */
async function runPerennial(words: readonly string[], input: string): Promise<string> {
  await writeFile('standard-input', input);
  let output = '';
  const keep = (chunk: string | Uint8Array) => {
    output += String(chunk);
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(keep),
  );
  try {
    const fromFile = words.map((word) => (word === '-' ? 'standard-input' : word));
    await createProgram().parseAsync(fromFile, { from: 'user' });
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
  const failed = process.exitCode !== 0;
  process.exitCode = 0;
  if (failed) throw new Error(`npx perennial ${words.join(' ')}\n${output}`);
  return output;
}
