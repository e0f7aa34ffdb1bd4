import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const perennial = fileURLToPath(new URL('../../bin/perennial.mjs', import.meta.url));

/** Runs a command whose output is read by somebody who goes away at once, as `head -0` does. */
async function readByNobody(...words: readonly string[]) {
  const command = spawn(process.execPath, [perennial, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  command.stdout.destroy();
  const [noted] = await Promise.all([text(command.stderr), once(command, 'exit')]);
  return { noted, exitCode: command.exitCode };
}

describe('a command whose reader goes away', { timeout: 120_000 }, () => {
  it('does its work and ends quietly', async () => {
    expect(await readByNobody('calendar', '--year', '2026')).toEqual({ noted: '', exitCode: 0 });
  });

  it('still tells its failure by its exit code', async () => {
    const failed = await readByNobody('calendar', '--country', 'Atlantis');
    expect(failed.exitCode).toBe(2);
    expect(failed.noted).toContain('Atlantis');
    expect(failed.noted).not.toContain('EPIPE');
  });
});
