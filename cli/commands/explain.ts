import type { Command } from 'commander';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';
import { showExplanation } from '../show/explanation.ts';

export function explainCommand(): Command {
  return createCommand('explain', 'show why a customer got, or did not get, each message', [
    'explain c-1001',
    'explain mina@example.com --json',
  ])
    .argument(
      '<customer>',
      "the shop's customer id, an anonymous id, an e-mail address or a telephone number",
    )
    .action((customer: string, options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const explanation = await client.explain(customer);
          output.data(explanation);
          output.say(showExplanation(explanation));
        }),
      ),
    );
}
