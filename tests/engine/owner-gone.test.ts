import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { stopEngine } from '../../engine/engine-status.ts';
import { ownerGone } from '../../engine/owner-gone.ts';
import { freePort } from '../../engine/ports.ts';
import { startEngine } from '../../engine/start-engine.ts';
import { checkout } from '../kit/checkout.ts';
import { startDatabaseServer } from '../kit/database-server.ts';

it(
  'tells one that shares an engine when the process that runs it is killed, and not before',
  { timeout: 120_000 },
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'perennial-owner-'));
    const { url: databaseUrl } = await startDatabaseServer();
    const ports = { temporal: await freePort(), ui: await freePort() };
    const options = { checkout, dataFolder, databaseUrl, ports };
    const script = ['--import', 'tsx', 'tests/engine/run-engine.ts', JSON.stringify(options)];
    const owner = spawn(process.execPath, script, { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(owner.stdout, 'data');
      const engine = await startEngine(options);
      expect(engine).toMatchObject({ attached: true, owner: owner.pid });
      const gone = ownerGone(engine, dataFolder);
      expect(await Promise.race([gone, sleep(1_200, 'still there')])).toBe('still there');

      owner.kill('SIGKILL');
      expect(await gone).toBe('owner-gone');
    } finally {
      owner.kill('SIGKILL');
      await stopEngine({ dataFolder, checkout });
      await rm(dataFolder, { recursive: true, force: true });
    }
  },
);
