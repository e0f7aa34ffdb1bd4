import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { systemClock } from '../../config/system-clock.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { exampleEvent } from '../example-event.ts';
import { parseLength } from '../parse-options.ts';
import { withShop } from '../with-shop.ts';

interface TrackOptions extends CommonOptions {
  readonly example?: string;
  /** In milliseconds. */
  readonly ago?: number;
}

export function trackCommand(): Command {
  return createCommand('track', 'accept events: one, an array, or one JSON document a line', [
    'track events.json',
    'track - < events.ndjson',
    'track --example cart.updated > event.json',
    "track --example cart.updated --ago '4 hours' > event.json",
  ])
    .argument('[file]', 'a JSON file, or - for standard input')
    .option('--example <event>', 'print a valid event of this kind instead, to start from')
    .option(
      '--ago <duration>',
      "how long ago the example happened, such as '4 hours'; now unless given",
      parseLength,
    )
    .action((file: string | undefined, options: TrackOptions) =>
      runCommand(options, async (output) => {
        if (options.example !== undefined) {
          const event = exampleEvent(options.example, systemClock.now() - (options.ago ?? 0));
          process.stdout.write(`${JSON.stringify(event, undefined, 2)}\n`);
          return;
        }
        const events = parseEvents(await readInput(file), nameOf(file));
        if (events.length === 0) {
          throw new PerennialError(
            'file-unreadable',
            `${nameOf(file)} holds no event. Give one event, an array of events, or one event a line.`,
          );
        }
        await withShop(output, async ({ client }) => {
          const results = [];
          for (const batch of batchesOf(events, 1000)) results.push(...(await client.track(batch)));
          const accepted = results.filter(({ status }) => status === 'accepted').length;
          output.data(results);
          output.say(`${accepted} accepted, ${results.length - accepted} already known.`);
        });
      }),
    );
}

function nameOf(file: string | undefined): string {
  return file === undefined || file === '-' ? 'standard input' : file;
}

async function readInput(file: string | undefined): Promise<string> {
  if (file === undefined || file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PerennialError(
      'file-unreadable',
      `"${file}" cannot be read. Give a JSON file, or - for standard input.`,
      { cause },
    );
  }
}

function parseEvents(source: string, name: string): readonly unknown[] {
  try {
    const whole: unknown = JSON.parse(source);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    return source
      .split('\n')
      .map((line, index) => ({ line: line.trim(), number: index + 1 }))
      .filter(({ line }) => line !== '')
      .map(({ line, number }) => parseLine(line, `${name}:${number}`));
  }
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new PerennialError(
      'file-unreadable',
      `${place} is not JSON. Give one event, an array of events, or one event a line.`,
      {
        cause,
      },
    );
  }
}

function* batchesOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
