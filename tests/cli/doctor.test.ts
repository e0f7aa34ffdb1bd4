import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openCommandShop } from './run-perennial.ts';

/** Whatever the disk of the test holds, `/proc` never has room. */
const isLinux = process.platform === 'linux';

describe('`perennial doctor`', () => {
  it.runIf(isLinux).each(['PERENNIAL_DATA', 'PERENNIAL_OUTBOX'])(
    'does not call the disk good when the one that %s is on is full',
    async (variable) => {
      const shop = await openCommandShop();
      onTestFinished(() => shop.close());
      vi.stubEnv(variable, '/proc/not-made-yet');
      const { exitCode, said } = await shop.run('doctor');
      expect(said).toContain('disk         0.0 GB free for /proc/not-made-yet');
      expect(exitCode).toBe(1);
    },
  );
});
