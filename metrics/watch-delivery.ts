import type { Channel } from '../delivery/channels/channel.ts';
import type { Deliver } from '../delivery/deliver.ts';
import type { Permits } from '../delivery/ledger/permits.ts';
import type { SendOutcome } from '../domain/delivery.ts';
import type { Metrics } from './create-metrics.ts';

/** Times each request of a channel by its answer. */
export function watchChannel(channel: Channel, metrics: Metrics): Channel {
  const { connection } = channel;
  return {
    ...channel,
    async send(outgoing, signal) {
      const begun = performance.now();
      const note = (answer: string) =>
        metrics.time(
          'perennial_provider_request_seconds',
          { connection, answer },
          (performance.now() - begun) / 1000,
        );
      try {
        const acceptance = await channel.send(outgoing, signal);
        note(acceptance.kind);
        return acceptance;
      } catch (error) {
        // The ledger takes it for an answer that was lost, and so do we.
        note('ambiguous');
        throw error;
      }
    },
  };
}

/** Counts every answer of the delivery path, by what asked and why it did not send. */
export function watchDeliver(deliver: Deliver, metrics: Metrics): Deliver {
  return async function watchedDeliver(requests) {
    const origin = requests.some((request) => 'recipient' in request) ? 'campaign' : 'journey';
    try {
      const outcomes = await deliver(requests);
      for (const outcome of outcomes)
        metrics.count('perennial_deliveries_total', { origin, ...labelsOf(outcome) });
      return outcomes;
    } catch (error) {
      const labels = { origin, status: 'again', channel: '', reason: '' };
      metrics.count('perennial_deliveries_total', labels, requests.length);
      throw error;
    }
  };
}

function labelsOf(outcome: SendOutcome): { status: string; channel: string; reason: string } {
  const { status } = outcome;
  const channel = outcome.status === 'sent' ? outcome.channel : '';
  if (outcome.status === 'skipped' || outcome.status === 'deferred') {
    return { status, channel, reason: outcome.reason };
  }
  return { status, channel, reason: outcome.status === 'failed' ? outcome.code : '' };
}

/** Times how long batches wait for their permits. */
export function watchPermits(permits: Permits, metrics: Metrics): Permits {
  return {
    ...permits,
    async take(connection, wanted, manners) {
      const begun = performance.now();
      const taken = await permits.take(connection, wanted, manners);
      const seconds = (performance.now() - begun) / 1000;
      metrics.time('perennial_permit_wait_seconds', { connection, manners }, seconds);
      return taken;
    },
  };
}
