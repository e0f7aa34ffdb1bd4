import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import colours from 'picocolors';
import { readEnvironment } from '../../config/environment.ts';
import { makeFolder } from '../../config/make-folder.ts';
import { toIso } from '../../domain/instant.ts';
import type { TimelineEntry } from '../../simulation/timeline.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import type { Output } from '../output.ts';
import { showTimeline } from '../show/timeline.ts';
import { withStage } from '../with-stage.ts';

interface DemoOptions extends CommonOptions {
  readonly all?: boolean;
}

export function demoCommand(): Command {
  return createCommand(
    'demo',
    'play a week of a real shop in virtual time and see what is sent, and what is not and why',
    ['demo', 'demo --all', 'demo --json'],
  )
    .option('--all', 'show every event, not only messages')
    .action((options: DemoOptions) => runCommand(options, (output) => playDemo(options, output)));
}

async function playDemo(options: DemoOptions, output: Output): Promise<void> {
  const [{ readOrders }, { drawWeek }, { playWeek }] = await Promise.all([
    import('../../examples/online-retail/read-orders.ts'),
    import('../../examples/online-retail/draw-week.ts'),
    import('../../examples/online-retail/play-week.ts'),
  ]);
  const outbox = join(readEnvironment().dataFolder, 'demo', 'outbox');
  await rm(outbox, { recursive: true, force: true });
  makeFolder(outbox);
  const week = drawWeek(await readOrders());
  tellWhatIsPlayed(output, week.fates);
  const timeline = await withStage(output, ({ stage, databaseUrl }) =>
    playWeek({ stage, databaseUrl, week, outbox, onDay: (day) => output.progress(`  ${day}`) }),
  );
  const page = join(outbox, 'index.html');
  const shown =
    options.all === true
      ? timeline
      : timeline.filter(({ kind }) => ['sent', 'deferred', 'not-sent'].includes(kind));
  output.data({
    from: toIso(week.from),
    until: toIso(week.until),
    fates: week.fates,
    summary: summaryOf(timeline),
    timeline: shown,
    outbox: page,
  });
  output.say(showTimeline(shown));
  output.say('');
  output.table(summaryOf(timeline));
  output.say(`\nThe messages, as they would have looked: ${colours.bold(page)}`);
  output.say('Next: npx perennial preview cart-reminder, or docs/guides/write-a-journey.md');
}

function tellWhatIsPlayed(output: Output, fates: Readonly<Record<string, number>>): void {
  output.say(
    'A week of a real UK gift shop (Online Retail, UCI, CC BY 4.0): baskets, prices, dates and customers are real.',
  );
  output.say(
    'Drawn with a fixed seed, because the data does not say: how customers can be reached, and what became of each basket:',
  );
  output.table(Object.entries(fates).map(([fate, baskets]) => ({ baskets, fate })));
  output.say('');
}

/** What became of the messages: how many, by what they were and why. */
function summaryOf(timeline: readonly TimelineEntry[]): { count: number; what: string }[] {
  const counts = new Map<string, number>();
  for (const { kind, text } of timeline) {
    if (kind !== 'sent' && kind !== 'not-sent') continue;
    const what = text.replace(/#\d+/, '');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts]
    .map(([what, count]) => ({ count, what }))
    .toSorted((a, b) => b.count - a.count || a.what.localeCompare(b.what));
}
