import { Option, type Command } from 'commander';
import type { DeliveryFilter, ListedDelivery } from '../../client/list-deliveries.ts';
import type { UnknownDelivery } from '../../client/list-unknowns.ts';
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
    'deliveries unknown',
    'deliveries --state unknown --json',
  ])
    .addCommand(unknownCommand())
    .addOption(new Option('--state <state>', 'only rows in this state').choices(deliveryStates))
    .addOption(new Option('--journey <name>', 'only this journey').conflicts('campaign'))
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
              'The ledger has no such message. `npx perennial deliveries` lists all, `npx perennial runs` who waits for what.',
            );
          output.table(deliveries.map(toRow));
        }),
      ),
    );
}

function unknownCommand(): Command {
  return createCommand(
    'unknown',
    'list every message that may or may not have arrived: since when, what is known, what is tried next',
    ['deliveries unknown', 'deliveries unknown --json'],
  ).action((options: CommonOptions) =>
    runCommand(options, (output) =>
      withShop(output, async ({ client }) => {
        const unknowns = await client.unknowns();
        output.data(unknowns);
        if (unknowns.length === 0) output.say('No outcome is unknown.');
        output.table(unknowns.map(toUnknownRow));
      }),
    ),
  );
}

function toUnknownRow(unknown: UnknownDelivery): Row {
  return {
    since: toIso(unknown.sendingAt),
    for: unknown.journey ?? unknown.campaign ?? '',
    step: unknown.step,
    connection: unknown.connection ?? '',
    known: unknown.detail ?? '',
    asked: askedWords(unknown),
    next: unknown.nextLookUpAt === null ? 'waits for a receipt' : `asks at ${toIso(unknown.nextLookUpAt)}`,
    delivery: unknown.delivery,
  };
}

function askedWords({ lookUps, lastLookUp }: UnknownDelivery): string {
  if (lookUps === 0) return 'not yet';
  return `${lookUps === 1 ? 'once' : `${lookUps} times`}: ${lastLookUp?.replaceAll('-', ' ') ?? ''}`;
}

function toRow(delivery: ListedDelivery): Row {
  return {
    decided: toIso(delivery.decidedAt),
    customer: delivery.customer ?? '',
    for: delivery.journey ?? delivery.campaign ?? '',
    step: delivery.step,
    state: delivery.state,
    channel: delivery.channel ?? '',
    reason: delivery.reason ?? '',
    arrival: [delivery.arrival, delivery.arrivalCode].filter((word) => word !== null).join(' '),
    delivery: delivery.id,
  };
}
