import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type {
  Cancelled,
  CampaignStatus,
  ListedCampaign,
} from '../../client/campaigns/create-campaign-client.ts';
import type { CampaignPlan } from '../../client/campaigns/plan-campaign.ts';
import { reasonSentences } from '../../domain/delivery.ts';
import { toIso } from '../../domain/instant.ts';
import type { ProgressRow } from '../../store/campaign-recipients.ts';
import type { Overdue } from '../../store/pauses.ts';
import { createCommand, createGroup, runCommand, type CommonOptions } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import type { OpenCampaigns } from '../open-campaigns.ts';
import type { Output, Row } from '../output.ts';
import { planSentence, recipientWords } from '../show/plan-sentence.ts';
import { decideOverdue, overdueOption } from '../overdue.ts';

/** One command with a part for each thing that an operator does with a campaign. */
export function campaignCommand(): Command {
  return createGroup('campaign', 'messages to many: see what is planned, try it, launch it, hold it back', [
    'campaign list',
    'campaign plan black-friday-launch',
    'campaign status black-friday-launch --json',
  ])
    .addCommand(listCommand())
    .addCommand(planCommand())
    .addCommand(testCommand())
    .addCommand(launchCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(cancelCommand())
    .addCommand(statusCommand())
    .addCommand(scheduleCommand());
}

function listCommand(): Command {
  return createCommand('list', 'every campaign: when it opens next, and whether it is under way', [
    'campaign list',
  ]).action((options: CommonOptions) =>
    withCampaigns(options, async (output, { client }) => {
      const campaigns = await client.list();
      output.data(campaigns);
      output.table(campaigns.map(rowOfCampaign));
      for (const { gone } of campaigns) sayGone(output, gone);
    }),
  );
}

/** What to do about a campaign that has lost its code; nothing about any other. */
function sayGone(output: Output, gone: string | undefined): void {
  if (gone !== undefined) output.say(`\n${gone} (docs/errors/campaign-gone.md)`);
}

function rowOfCampaign({ campaign, opensAt, due, state, paused, gone }: ListedCampaign): Row {
  return {
    campaign,
    due: gone === undefined ? (due ?? 'over') : 'its code is gone',
    'dispatcher begins': opensAt === null ? '' : toIso(opensAt),
    now: [state ?? '', paused ? 'paused' : ''].filter((word) => word !== '').join(', '),
  };
}

function planCommand(): Command {
  return campaignPart('plan', 'a dry run: who would get it, by which road, and who not and why').action(
    (name: string, options: CommonOptions) =>
      withCampaigns(options, async (output, { client }) => {
        const plan = await client.plan(name, (judged) => {
          if (judged % 10_000 === 0 && judged > 0) output.progress(`${judged} judged`);
        });
        output.data(plan);
        showPlan(output, plan);
      }),
  );
}

function showPlan(output: Output, plan: CampaignPlan): void {
  output.say(planSentence(plan));
  if (plan.recipients === 0) return;
  output.say();
  output.table(
    plan.outcomes.map(({ count, language, channel, verdict, reason }) => ({
      recipients: count,
      language,
      channel: channel ?? '',
      verdict:
        verdict === 'send' ? 'would be sent' : verdict === 'defer' ? 'would wait' : 'would not be sent',
      why: reason === null ? '' : reasonSentences[reason],
    })),
  );
  output.say();
  output.table(plan.instants.map(({ at, recipients: due }) => ({ 'due at': toIso(at), recipients: due })));
}

interface TestOptions extends CommonOptions {
  readonly to: string;
  readonly variant?: string;
}

function testCommand(): Command {
  return campaignPart(
    'test',
    'send it to one customer now, as a test that burns nothing',
    '--to you@shop.example',
  )
    .requiredOption('--to <address>', 'an address, number or id of a customer')
    .option(
      '--variant <name>',
      "which version, by its name in the campaign; default: the campaign's own message",
    )
    .action((name: string, { to, variant, ...options }: TestOptions) =>
      withCampaigns(options, async (output, { client }) => {
        const { occurrence } = await client.test(name, to, variant);
        const outcome = await outcomeOf(() => client.progressOf(occurrence));
        output.data({ occurrence, ...outcome });
        output.say(sentenceFor(outcome));
        return outcome?.state === 'accepted' ? exitCode.success : exitCode.failure;
      }),
    );
}

/** How long a test send is waited for, in seconds. */
const patience = 30;

async function outcomeOf(read: () => Promise<readonly ProgressRow[]>): Promise<ProgressRow | undefined> {
  for (let second = 0; second < patience; second++) {
    const [row] = await read();
    if (row !== undefined && row.state !== 'waiting' && row.state !== 'sending') return row;
    await sleep(1000);
  }
  return undefined;
}

function sentenceFor(outcome: ProgressRow | undefined): string {
  if (outcome === undefined)
    return `Nothing has happened for ${patience} s. Is a worker running? One that was started before the campaign was written does not know it: start it again.`;
  const { state, channel, reason } = outcome;
  if (state === 'accepted') return `Sent by ${channel ?? 'a channel'}.`;
  return `Not sent: ${state}${reason === null ? '' : `, ${reason}`}.`;
}

function launchCommand(): Command {
  return campaignPart(
    'launch',
    'begin now instead of waiting for the Schedule; messages keep their local time',
  )
    .option('--next', 'also a time that is more than a week away, be it next year')
    .action((name: string, { next = false, ...options }: { next?: boolean } & CommonOptions) =>
      withCampaigns(options, async (output, { client }) => {
        const launched = await client.launch(name, { next });
        output.data(launched);
        const words = {
          started: `${name} has begun for ${launched.day}.`,
          running: `${name} is under way already.`,
          finished: `${name} has been through its ${launched.day} already.`,
          cancelled: `${name} of ${launched.day} was cancelled. A cancelled campaign is over for good.`,
        };
        output.say(`${words[launched.dispatcher]} Follow it with: npx perennial campaign status ${name}`);
      }),
    );
}

function pauseCommand(): Command {
  return campaignPart('pause', 'hold it back, effective within seconds', '--reason "the price is wrong"')
    .option('--reason <words>', 'why, for those who come after you')
    .action((name: string, { reason, ...options }: { reason?: string } & CommonOptions) =>
      withCampaigns(options, async (output, { client }) => {
        const paused = await client.pause(name, reason);
        output.data({ campaign: name, paused });
        output.say(
          `${name} ${paused ? 'is paused' : 'was paused already'}. Go on with: npx perennial campaign resume ${name}`,
        );
      }),
    );
}

function resumeCommand(): Command {
  return campaignPart('resume', 'let it go on; what is no longer useful is not sent')
    .addOption(overdueOption())
    .action((name: string, { overdue: chosen, ...options }: { overdue?: Overdue } & CommonOptions) =>
      withCampaigns(options, async (output, { client }) => {
        const overdue = await decideOverdue(chosen, () => client.countOverdue(name));
        const resumed = await client.resume(name, overdue);
        output.data({ campaign: name, resumed, overdue });
        output.say(resumed ? `${name} goes on.` : `${name} was not paused.`);
      }),
    );
}

function cancelCommand(): Command {
  return campaignPart('cancel', 'end for good what is under way')
    .option('--next', 'if nothing is under way, call off the next time, be it next year')
    .action((name: string, { next = false, ...options }: { next?: boolean } & CommonOptions) =>
      withCampaigns(options, async (output, { client }) => {
        const { scheduledAt, outcome } = await client.cancel(name, { next });
        output.data({ campaign: name, scheduledAt, outcome });
        output.say(`${name} of ${toIso(scheduledAt)} ${cancelWords[outcome]}`);
        return outcome === 'finished' ? exitCode.failure : exitCode.success;
      }),
    );
}

const cancelWords: Readonly<Record<Cancelled['outcome'], string>> = {
  cancelled:
    'is cancelled. Nothing more leaves for it, but for the one small batch that each worker may be handing over at this moment.',
  'called-off': 'is called off. It does not begin then.',
  finished: 'had come to its end already. Nothing was cancelled.',
};

function statusCommand(): Command {
  return campaignPart('status', 'how far it has come').action((name: string, options: CommonOptions) =>
    withCampaigns(options, async (output, { client }) => {
      const status = await client.status(name);
      output.data(status);
      showStatus(output, status);
    }),
  );
}

function showStatus(
  output: Output,
  { campaign, occurrence, paused, backlog, progress, gone }: CampaignStatus,
): void {
  output.say(
    `${campaign} of ${toIso(occurrence.scheduledAt)}: ${occurrence.state}${paused ? ', paused' : ''}, ${recipientWords(backlog.recipients)} so far.`,
  );
  if (occurrence.state === 'running' && backlog.recipients === 0)
    output.say('Recipients are written down ten minutes before their local time.');
  if (backlog.nextDue !== null) output.say(`The next are due at ${toIso(backlog.nextDue)}.`);
  sayGone(output, gone);
  output.say();
  output.table(
    progress.map(({ state, channel, reason, variant, count }) => ({
      recipients: count,
      state,
      channel: channel ?? '',
      // Whoever had not been reached when it was cancelled without its code has no row in the ledger.
      reason:
        reason ?? (state === 'waiting' && occurrence.state === 'cancelled' ? 'campaign-not-running' : ''),
      variant: variant ?? '',
    })),
  );
}

function scheduleCommand(): Command {
  return createCommand('schedule', 'set the Schedules in Temporal: the campaigns go out on their days', [
    'campaign schedule',
  ]).action((options: CommonOptions) =>
    withCampaigns(options, async (output, { schedule }) => {
      const scheduled = await schedule();
      output.data(scheduled);
      output.table(scheduled.map(({ opensAt, ...row }) => ({ ...row, opens: opensAt.map(toIso).join(' ') })));
    }),
  );
}

function campaignPart(part: string, description: string, options = ''): Command {
  const example = `campaign ${part} black-friday-launch ${options}`.trim();
  return createCommand(part, description, [example]).argument('<name>', 'the campaign');
}

async function withCampaigns(
  options: CommonOptions,
  work: (output: Output, open: OpenCampaigns) => Promise<number | void>,
): Promise<void> {
  await runCommand(options, async (output) => {
    const { withOpenCampaigns } = await import('../open-campaigns.ts');
    return withOpenCampaigns((open) => work(output, open));
  });
}
