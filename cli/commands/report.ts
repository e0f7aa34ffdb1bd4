import { Argument, Option, type Command } from 'commander';
import type { Instant } from '../../domain/instant.ts';
import shop from '../../perennial.config.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { createFormats } from '../formats.ts';
import type { Output } from '../output.ts';
import { parseInstant } from '../parse-options.ts';
import { customerReportCsv, reportCsv } from '../report-csv.ts';
import { showCustomerReport } from '../show/customer-report.ts';
import { showReport } from '../show/report.ts';
import { withShop, type Shop } from '../with-shop.ts';

const subjects = ['messages', 'customers'] as const;
type Subject = (typeof subjects)[number];

interface ReportOptions extends CommonOptions {
  readonly journey?: string;
  readonly campaign?: string;
  readonly from?: Instant;
  readonly until?: Instant;
  readonly csv?: boolean;
}

export function reportCommand(): Command {
  return createCommand('report', 'what became of journeys and campaigns, and how customers buy', [
    'report',
    'report --journey abandoned-cart --from 2026-11-01 --until 2026-12-01',
    'report --campaign black-friday-launch --json',
    'report customers --csv',
  ])
    .addArgument(
      new Argument(
        '[subject]',
        'messages: by journey, campaign and step; customers: repeat purchases and values',
      )
        .choices(subjects)
        .default('messages'),
    )
    .addOption(new Option('--journey <name>', 'only this journey, of the messages').conflicts('campaign'))
    .option('--campaign <name>', 'only this campaign, of the messages')
    .option('--from <instant>', 'who entered (or ordered) at or after this instant', parseInstant)
    .option('--until <instant>', 'and before this one', parseInstant)
    .addOption(new Option('--csv', 'print it for a spreadsheet').conflicts('json'))
    .action((subject: Subject, options: ReportOptions, command: Command) => {
      if (subject === 'customers') refuseNames(options, command);
      return runCommand(options, (output) =>
        withShop(output, ({ client }) =>
          subject === 'customers'
            ? reportCustomers(client, options, output)
            : reportMessages(client, options, output),
        ),
      );
    });
}

/** Orders are the whole shop's; under the name of a journey they would pass for what it brought. */
function refuseNames({ journey, campaign }: ReportOptions, command: Command): void {
  const option = journey === undefined ? '--campaign' : '--journey';
  if (journey === undefined && campaign === undefined) return;
  command.error(
    `error: option '${option} <name>' cannot be used with 'customers', whose figures are those of the whole shop. What a journey or a campaign brought: npx perennial report ${option} <name>`,
    { code: 'commander.conflictingOption' },
  );
}

const formats = createFormats(shop.locales.supported[0]);

async function reportMessages(client: Shop['client'], options: ReportOptions, output: Output): Promise<void> {
  const report = await client.report(scopeOf(options));
  output.data(report);
  if (options.csv === true) return output.raw(reportCsv(report));
  if (report.journeys.length + report.campaigns.length === 0) {
    output.say(`Nobody has entered yet, so there is nothing to count. ${whatComesFirst(options)}`);
    return;
  }
  output.say(showReport(report, formats));
}

function whatComesFirst({ campaign }: ReportOptions): string {
  return campaign === undefined
    ? 'Events start journeys: npx perennial track --example cart.updated | npx perennial track -'
    : `Recipients enter shortly before their local time: npx perennial campaign status ${campaign}`;
}

async function reportCustomers(
  client: Shop['client'],
  options: ReportOptions,
  output: Output,
): Promise<void> {
  const figures = await client.customerReport(periodOf(options));
  output.data(figures);
  if (options.csv === true) return output.raw(customerReportCsv(figures));
  if (figures.orders === 0) {
    output.say(
      'No paid order of a known customer is there yet. Bring those of the past with: npx perennial import orders orders.csv',
    );
    return;
  }
  output.say(showCustomerReport(figures, formats));
}

function scopeOf({ journey, campaign, ...options }: ReportOptions) {
  return {
    ...periodOf(options),
    ...(journey === undefined ? {} : { journey }),
    ...(campaign === undefined ? {} : { campaign }),
  };
}

function periodOf({ from, until }: ReportOptions) {
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}
