import type { Command } from 'commander';
import { toIso } from '../../domain/instant.ts';
import { createCommand, createGroup, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';

export function keysCommand(): Command {
  return createGroup('keys', 'API keys with which the shop sends events', [
    'keys create web-shop',
    'keys list',
    'keys revoke prn_4f9a',
  ])
    .addCommand(createKeyCommand())
    .addCommand(listKeysCommand())
    .addCommand(revokeKeyCommand());
}

function createKeyCommand(): Command {
  return createCommand('create', 'make a key; it is shown once and only its hash is kept', [
    'keys create web-shop',
  ])
    .argument('<name>', 'who will use it')
    .action((name: string, options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const key = await client.createKey(name);
          output.data(key);
          output.say(key.secret);
          output.progress('Keep it now: it cannot be shown again.');
        }),
      ),
    );
}

function listKeysCommand(): Command {
  return createCommand('list', 'list the keys by their prefix', ['keys list']).action(
    (options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const keys = await client.listKeys();
          output.data(keys);
          if (keys.length === 0)
            output.say('There is no key yet. Make one with: npx perennial keys create web-shop');
          output.table(
            keys.map((key) => ({
              name: key.name,
              prefix: key.prefix,
              created: toIso(key.createdAt),
              revoked: key.revokedAt === null ? '' : toIso(key.revokedAt),
            })),
          );
        }),
      ),
  );
}

function revokeKeyCommand(): Command {
  return createCommand('revoke', 'refuse a key from now on', ['keys revoke prn_4f9a'])
    .argument('<prefix>', 'the beginning of the key, as listed')
    .action((prefix: string, options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const key = await client.revokeKey(prefix);
          output.data(key);
          output.say(`Revoked ${key.prefix} (${key.name}). It is refused within two seconds.`);
        }),
      ),
    );
}
