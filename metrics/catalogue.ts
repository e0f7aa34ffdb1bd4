/**
 * Every metric of ours, in the order of the guide. Labels are names that we or the shop have chosen: journeys, campaigns,
 * connections, reasons. Nothing of a customer, and no id, is ever one, so the number of series does not grow with the shop.
 */
export const metricCatalogue = {
  perennial_events_total: {
    kind: 'counter',
    of: 'server',
    labels: ['type', 'outcome'],
    help: 'events that were sent to the server, by what became of them: accepted, duplicate, refused, failed',
  },
  perennial_intake_seconds: {
    kind: 'histogram',
    of: 'server',
    labels: ['call'],
    help: 'from reading a call with events to their commit; a call is single or list',
  },
  perennial_http_request_seconds: {
    kind: 'histogram',
    of: 'server',
    labels: ['route', 'status'],
    help: 'answers of the public server, by route and class of the status, such as 2xx',
  },
  perennial_deliveries_total: {
    kind: 'counter',
    of: 'worker',
    labels: ['origin', 'status', 'channel', 'reason'],
    help: 'answers of the delivery path: sent, skipped, deferred, failed, unknown, or again when it has to be asked anew',
  },
  perennial_provider_request_seconds: {
    kind: 'histogram',
    of: 'worker',
    labels: ['connection', 'answer'],
    help: 'requests to providers, by their answer: accepted, rejected, throttled, ambiguous',
  },
  perennial_permit_wait_seconds: {
    kind: 'histogram',
    of: 'worker',
    labels: ['connection', 'manners'],
    help: 'how long a batch waited for its permits under the rate limit of a connection',
  },
  perennial_pruned_total: {
    kind: 'counter',
    of: 'worker',
    labels: ['what'],
    help: 'what was removed after it was kept for as long as the policy says, by kind',
  },
  perennial_tasks_in_flight: {
    kind: 'gauge',
    of: 'worker',
    labels: ['queue', 'kind'],
    help: 'slots of a worker that are in use, by task queue: activities and workflow tasks',
  },
  perennial_leads: {
    kind: 'gauge',
    of: 'worker',
    labels: [],
    help: '1 in the one worker that leads the outbox, 0 in the others',
  },
  perennial_outbox_rows: {
    kind: 'gauge',
    of: 'leader',
    labels: ['state'],
    help: 'starts and signals that Temporal has not been told: waiting, or parked after a failure',
  },
  perennial_outbox_oldest_seconds: {
    kind: 'gauge',
    of: 'leader',
    labels: [],
    help: 'age of the oldest row of the outbox; 0 when it is empty',
  },
  perennial_inbox_rows: {
    kind: 'gauge',
    of: 'leader',
    labels: ['state'],
    help: 'receipts and replies without effect yet: waiting, or failing when they were tried before',
  },
  perennial_inbox_oldest_seconds: {
    kind: 'gauge',
    of: 'leader',
    labels: [],
    help: 'age of the oldest receipt without effect; 0 when there is none',
  },
  perennial_enrolments_live: {
    kind: 'gauge',
    of: 'leader',
    labels: ['journey', 'state'],
    help: 'customers who are in a journey, open or sealed',
  },
  perennial_deliveries_day: {
    kind: 'gauge',
    of: 'leader',
    labels: ['state', 'channel', 'reason'],
    help: 'rows of the ledger that were begun in the last 24 hours, as they are now; state unknown needs a person',
  },
  perennial_attempts_day: {
    kind: 'gauge',
    of: 'leader',
    labels: ['connection', 'state'],
    help: 'requests to providers for those rows, as they are now; ambiguous: it may have been accepted',
  },
  perennial_duplicates_possible_day: {
    kind: 'gauge',
    of: 'leader',
    labels: [],
    help: 'messages of those rows that were requested again after an ambiguous answer (class must only)',
  },
  perennial_campaign_recipients: {
    kind: 'gauge',
    of: 'leader',
    labels: ['campaign'],
    help: 'recipients that have been taken for campaigns that are running',
  },
  perennial_campaign_messages_day: {
    kind: 'gauge',
    of: 'leader',
    labels: ['campaign', 'state'],
    help: 'the rows of the last 24 hours that belong to campaigns',
  },
  perennial_paused: {
    kind: 'gauge',
    of: 'leader',
    labels: ['scope', 'name'],
    help: '1 for each pause that is in force',
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof metricCatalogue;
export type LabelOf<Name extends MetricName> = (typeof metricCatalogue)[Name]['labels'][number];

export interface MetricEntry {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** Which processes show it. `leader`: the one worker that leads, for it reads them from the database for all. */
  readonly of: 'server' | 'worker' | 'leader';
  readonly labels: readonly string[];
  /** One sentence, without a full stop. */
  readonly help: string;
}
