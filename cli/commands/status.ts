import type { Command } from 'commander';
import { toIso } from '../../domain/instant.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';

export function statusCommand(): Command {
  return createCommand(
    'status',
    'the shop at a glance: journeys, deliveries, campaigns under way, outbox, receipts, complaints, pauses',
    ['status', 'status --json'],
  ).action((options: CommonOptions) =>
    runCommand(options, (output) =>
      withShop(output, async ({ client }) => {
        const status = await client.status();
        output.data(status);
        output.say(`${counted(status.customers, 'customer')}, ${counted(status.events, 'event')}`);
        output.table(status.journeys.map((journey) => ({ ...journey })));
        output.say(
          `deliveries  ${
            Object.entries(status.deliveries)
              .map(([state, count]) => `${count} ${state}`)
              .join(', ') || 'none yet'
          }`,
        );
        const { unknown } = status;
        if (unknown.oldestAt !== null) {
          output.say(
            `unknown     ${unknown.count}, oldest ${toIso(unknown.oldestAt)}, ${unknown.asking} still to be asked about; npx perennial deliveries unknown`,
          );
        }
        for (const { campaign, scheduledAt, gone } of status.campaigns) {
          output.say(`campaign    ${campaign} of ${toIso(scheduledAt)} is under way`);
          if (gone !== undefined) output.say(`  gone      ${gone} (docs/errors/campaign-gone.md)`);
        }
        const { waiting, parked, oldestAt } = status.outbox;
        output.say(
          `outbox      ${waiting} waiting, ${parked} parked${oldestAt === null ? '' : `, oldest ${toIso(oldestAt)}`}`,
        );
        const { inbox } = status;
        output.say(
          `receipts    ${inbox.waiting} waiting${inbox.oldestAt === null ? '' : `, oldest ${toIso(inbox.oldestAt)}`}`,
        );
        for (const { receipt, attempts, error } of inbox.failing) {
          output.say(`  failing   ${receipt} after ${attempts} attempts: ${error ?? 'unknown error'}`);
        }
        const { complaints } = status;
        output.say(`complaints  ${complaints.open} open`);
        for (const { complaint, customer, topic, openedAt } of complaints.longest) {
          output.say(
            `  waiting   ${customer ?? 'unknown customer'} since ${toIso(openedAt)}: ${topic ?? 'no topic'} (${complaint})`,
          );
        }
        for (const { scope, name, since, reason } of status.paused) {
          output.say(
            `paused      ${scope} ${name} since ${toIso(since)}${reason === null ? '' : `: ${reason}`}`,
          );
        }
      }),
    ),
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
