import { Option, type Command } from 'commander';
import type { DeliveryFilter, ListedDelivery } from '../../client/list-deliveries.ts';
import { deliveryStates } from '../../domain/delivery.ts';
import { toIso } from '../../domain/instant.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';
import type { Row } from '../output.ts';
import { parseCount, parseInstant } from '../parse-options.ts';

export function deliveriesCommand(): Command {
  return createCommand('deliveries', 'list the send ledger: what was sent, what was not and why', [
    'deliveries',
    'deliveries --state skipped --journey abandoned-cart',
    'deliveries --state unknown --json',
  ])
    .addOption(new Option('--state <state>', 'only rows in this state').choices(deliveryStates))
    .option('--journey <name>', 'only this journey')
    .option('--campaign <name>', 'only this campaign')
    .option('--message <name>', 'only this message')
    .option('--since <instant>', 'only rows decided at or after this instant', parseInstant)
    .option('--limit <rows>', 'most rows, newest first; default: 50, and all that are unknown', parseCount)
    .action((options: DeliveryFilter & CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const deliveries = await client.deliveries(options);
          output.data(deliveries);
          if (deliveries.length === 0)
            output.say(
              'No delivery is like that. `npx perennial deliveries` lists all, `npx perennial runs` who waits for what.',
            );
          output.table(deliveries.map(toRow));
        }),
      ),
    );
}

function toRow(delivery: ListedDelivery): Row {
  return {
    decided: toIso(delivery.decidedAt),
    for: delivery.journey ?? delivery.campaign ?? '',
    step: delivery.step,
    state: delivery.state,
    channel: delivery.channel ?? '',
    reason: delivery.reason ?? '',
    arrival: [delivery.arrival, delivery.arrivalCode].filter((word) => word !== null).join(' '),
    delivery: delivery.id,
  };
}
