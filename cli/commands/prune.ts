import type { Command } from 'commander';
import { systemClock } from '../../config/system-clock.ts';
import { toIso } from '../../domain/instant.ts';
import config from '../../perennial.config.ts';
import type { Pruned } from '../../store/retention/prune.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import type { Output } from '../output.ts';
import { withShop, type Shop } from '../with-shop.ts';

interface PruneOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

export function pruneCommand(): Command {
  return createCommand(
    'prune',
    'remove what was kept for as long as the policy says; a worker does it every hour',
    ['prune --dry-run', 'prune', 'prune --json'],
  )
    .option('--dry-run', 'only count what would go')
    .action((options: PruneOptions) =>
      runCommand(options, (output) =>
        withShop(output, async (shop) => tell(await pruneShop(shop, options), options, output)),
      ),
    );
}

/** The kinds in order, each with what went, or would go. */
async function pruneShop(
  { db, environment }: Shop,
  { dryRun = false }: PruneOptions,
): Promise<readonly Pruned[]> {
  const [{ addUp, prune }, { datedConnectionsOf }, { openReceipts }] = await Promise.all([
    import('../../store/retention/prune.ts'),
    import('../../delivery/channels/receipts.ts'),
    import('../../open-channels.ts'),
  ]);
  const pages: Pruned[] = [];
  const dependencies = {
    db,
    clock: systemClock,
    retention: config.policy.retention ?? {},
    datedConnections: datedConnectionsOf(openReceipts(environment)),
  };
  for await (const page of prune(dependencies, { dryRun })) pages.push(page);
  return addUp(pages);
}

function tell(kinds: readonly Pruned[], { dryRun = false }: PruneOptions, output: Output): void {
  output.data({
    dryRun,
    kinds: kinds.map(({ what, keptFor, before, count }) => ({
      what,
      keptFor,
      before: before === undefined ? null : toIso(before),
      [dryRun ? 'wouldGo' : 'removed']: count,
    })),
  });
  output.table(
    kinds.map(({ what, keptFor, before, count }) => ({
      what,
      'kept for': keptFor,
      'older than': before === undefined ? '' : toIso(before),
      [dryRun ? 'would go' : 'removed']: count,
    })),
  );
}
