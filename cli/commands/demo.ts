import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { makeFolder } from '../../config/make-folder.ts';
import { toIso } from '../../domain/instant.ts';
import type { DrawnSeason } from '../../examples/online-retail/draw-season.ts';
import type { History } from '../../examples/online-retail/ninth-month.ts';
import type { Played, PlayOptions } from '../../examples/online-retail/play-season.ts';
import type { TimelineEntry } from '../../simulation/timeline.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import type { Output } from '../output.ts';
import { parseCount } from '../parse-options.ts';
import { showTimeline } from '../show/timeline.ts';
import { withStage } from '../with-stage.ts';

interface DemoOptions extends CommonOptions {
  readonly all?: boolean;
  readonly customers: number;
  readonly history?: string;
}

/** As many as this machine plays in well under two minutes: each order is about a dozen moves of some 60 ms. */
const defaultCustomers = 60;

export function demoCommand(): Command {
  return createCommand(
    'demo',
    'play two months of a real shop in virtual time and see what is sent, and what is not and why',
    ['demo', 'demo --customers 10 --all', 'demo --json', 'demo --history ../data/online-retail'],
  )
    .option('--all', 'show everything that happened, not only the summary')
    .addOption(
      new Option('--customers <n>', 'how many customers are played, at most 200')
        .default(defaultCustomers)
        .argParser(parseCount),
    )
    .option(
      '--history <folder>',
      'instead: a folder with the whole data; the last month is played after the months before it were imported',
    )
    .action((options: DemoOptions) => runCommand(options, (output) => playDemo(options, output)));
}

type PlayedHere = Played & { readonly history?: History };

async function playDemo(options: DemoOptions, output: Output): Promise<void> {
  const { localChannels } = await import('../local-channels.ts');
  const environment = readEnvironment();
  const folder = join(environment.dataFolder, 'demo', 'outbox');
  await rm(folder, { recursive: true, force: true });
  makeFolder(folder);
  const { channels, places } = localChannels({ ...environment, outboxFolder: folder });
  const played = await withStage(output, (at) =>
    play(options, output, {
      ...at,
      channels,
      onDay: (day, sent) => output.progress(`  ${day}  ${sent} sent`),
    }),
  );
  const { from, until, summary, history, timeline } = played;
  const told = options.all === true ? timeline : storyOfOne(timeline);
  output.data({
    from: toIso(from),
    until: toIso(until),
    ...(history && { history }),
    summary,
    timeline: options.all === true ? timeline : timeline.filter(isAboutMessage),
    places,
  });
  output.say(options.all === true ? 'Everything:\n' : 'One customer, from beginning to end:\n');
  output.say(showTimeline(told));
  output.say('\nHow journeys ended:\n');
  output.table(summary.passages.map((row) => ({ ...row })));
  output.say('\nMessages, by journey, channel and reason:\n');
  output.table(summary.messages.map(({ of: journey, ...row }) => ({ journey, ...row })));
  if (history !== undefined) tellHistory(output, history);
  output.say(`\nThe messages: ${places.join(' and ')}.`);
  output.say('Next: npx perennial preview cart-reminder, or docs/guides/write-a-journey.md');
}

type Playing = Pick<PlayOptions, 'stage' | 'databaseUrl' | 'channels' | 'onDay'>;

async function play(options: DemoOptions, output: Output, playing: Playing): Promise<PlayedHere> {
  const onDrawn = (season: DrawnSeason) => tellWhatIsPlayed(output, season);
  if (options.history === undefined) {
    const { playTwoMonths } = await import('../../examples/online-retail/two-months.ts');
    return playTwoMonths({ ...playing, customers: options.customers, onDrawn });
  }
  const { playNinthMonth } = await import('../../examples/online-retail/ninth-month.ts');
  return playNinthMonth({ ...playing, folder: options.history, onDrawn, onProgress: output.progress });
}

function tellWhatIsPlayed(output: Output, { customers, orders, fates }: DrawnSeason): void {
  output.say(
    `${customers} customers of a real UK gift shop (Online Retail, UCI, CC BY 4.0): their ${orders} baskets, prices, dates and returns are real.`,
  );
  output.say(
    'Drawn with a fixed seed, because the data does not say: how customers can be reached, what they agreed to, payments, parcels, reviews and how long things last.',
  );
  if (Object.keys(fates).length > 0) {
    output.say('Drawn too, what became of each basket; the data holds bought ones only:\n');
    output.table(Object.entries(fates).map(([fate, baskets]) => ({ baskets, fate })));
  }
  output.say('');
}

function tellHistory(output: Output, { rows, journeys, messages }: History): void {
  output.say(
    `\nHistory: ${rows.imported} rows imported, ${rows.leftOut} left out, ${rows.rejected} rejected; it began ${journeys} journeys and sent ${messages} messages.`,
  );
}

function isAboutMessage({ kind }: TimelineEntry): boolean {
  return ['sent', 'deferred', 'not-sent'].includes(kind);
}

/** Whoever had most to do with messages; of several, the one with the lowest number. */
function storyOfOne(timeline: readonly TimelineEntry[]): TimelineEntry[] {
  const counts = new Map<string, number>();
  for (const { customer } of timeline.filter(isAboutMessage)) {
    if (customer !== undefined) counts.set(customer, (counts.get(customer) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return timeline.filter(({ customer }) => customer === most?.[0]);
}
