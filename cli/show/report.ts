import colours from 'picocolors';
import type {
  CampaignReport,
  JourneyReport,
  MessageFigures,
  Report,
} from '../../client/reports/read-report.ts';
import { reasonSentences } from '../../domain/delivery.ts';
import type { Formats } from '../formats.ts';
import { formatTable, type Row } from '../output.ts';

/** Each journey and campaign as a table: a line for the whole, a line for each step, and below why messages were not sent. */
export function showReport({ journeys, campaigns, waitingReceipts }: Report, formats: Formats): string {
  const parts = [
    ...journeys.map((journey) => journeyPart(journey, formats)),
    ...campaigns.map((campaign) => campaignPart(campaign, formats)),
  ];
  if (waitingReceipts > 0) {
    parts.push(
      `${waitingReceipts} ${waitingReceipts === 1 ? 'receipt' : 'receipts'} of providers have not taken effect yet: delivered, bounced and clicked may still rise.\n`,
    );
  }
  return parts.join('\n');
}

function journeyPart(journey: JourneyReport, formats: Formats): string {
  const ended = listed(journey.ended);
  return [
    `${colours.bold(journey.name)}  ${journey.entered} entered, ${journey.waiting} waiting now`,
    tableOf(journey, formats),
    ...(ended === '' ? [] : [`ended     ${ended}`]),
    ...skipLines(journey),
    `converted means: ${journey.conversion}\n`,
  ].join('\n');
}

function campaignPart(campaign: CampaignReport, formats: Formats): string {
  const { entered, waiting, holdout } = campaign;
  return [
    `${colours.bold(campaign.name)}  campaign: ${entered} recipients, ${holdout} of them held out, ${waiting} waiting now`,
    tableOf(campaign, formats),
    ...skipLines(campaign),
    `converted means: ${campaign.conversion}\n`,
  ].join('\n');
}

function tableOf(origin: JourneyReport | CampaignReport, formats: Formats): string {
  const rows = origin.steps.map((step) => rowOf(step.step, step, formats));
  if (rows.length === 0) return 'No message has come due yet.';
  return formatTable([...rows, ...(rows.length > 1 ? [rowOf('all', origin, formats)] : [])]).trimEnd();
}

/** Delivered and bounced are parts of what was sent, clicked of it as well, converted of what was clicked or sent. */
function rowOf(step: string, figures: MessageFigures, { part, monies }: Formats): Row {
  const { sent, delivered, bounced, clicked, converted } = figures;
  const withPart = (count: number): string => (count === 0 ? '0' : `${count} (${part(count, sent)})`);
  return {
    step,
    sent,
    delivered: withPart(delivered),
    bounced: withPart(bounced),
    clicked: withPart(clicked),
    converted: withPart(converted),
    revenue: monies(figures.revenue) || '–',
    skipped: totalOf(figures.skipped),
    deferred: figures.deferred,
    'on the way': figures.onTheWay,
    failed: figures.failed,
    unknown: figures.unknown,
  };
}

function skipLines({ skipped }: MessageFigures): string[] {
  return Object.entries(skipped).map(
    ([reason, count]) => `skipped   ${count} × ${sentenceOf(reason)} (${reason})`,
  );
}

function sentenceOf(reason: string): string {
  return Object.entries(reasonSentences).find(([word]) => word === reason)?.[1] ?? reason;
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${count} × ${reason}`)
    .join(', ');
}

export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
