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

describe('a command whose output finds no room', { timeout: 120_000 }, () => {
  it('says so in a sentence, and its exit code tells it', async () => {
    // Linux has a device that is always full.
    const command = spawn('sh', ['-c', '"$@" > /dev/full', 'sh', process.execPath, perennial, 'calendar'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [noted] = await Promise.all([text(command.stderr), once(command, 'exit')]);
    expect({ noted, exitCode: command.exitCode }).toEqual({
      noted: expect.stringMatching(
        /^What there was to say could not be written \(.*no space left.*\)\. Make room/,
      ),
      exitCode: 1,
    });
    expect(noted).not.toContain(' at ');
  });
});
