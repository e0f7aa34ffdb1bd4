import type { Shop } from './open-shop.ts';
import type { Output } from './output.ts';

export type { Shop } from './open-shop.ts';

/** Opens the running shop for the time of one command. Loaded only when a command runs, so that `--help` answers at once. */
export async function withShop<Result>(
  output: Output,
  work: (shop: Shop) => Promise<Result>,
): Promise<Result> {
  const { withOpenShop } = await import('./open-shop.ts');
  return withOpenShop(output, work);
}
