import { expect, it } from 'vitest';
import { readEnvironment } from '../../config/environment.ts';

const ofLength = (length: number) => 'https://'.padEnd(length - '.example'.length, 'x') + '.example';

it('takes a public URL as long as the checks of text messages count with, and its slash at the end', () => {
  expect(readEnvironment({ PUBLIC_URL: `${ofLength(49)}/` }).publicUrl).toHaveLength(49);
});

it('refuses a longer one, and says why', () => {
  expect(() => readEnvironment({ PUBLIC_URL: ofLength(50) })).toThrow(
    'PUBLIC_URL must be at most 49 characters long: every link in a text message begins with it',
  );
});
