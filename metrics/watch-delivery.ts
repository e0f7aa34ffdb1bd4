import type { Channel } from '../delivery/channels/channel.ts';
import type { Delivered, DeliverEach } from '../delivery/deliver.ts';
import type { Permits } from '../delivery/ledger/permits.ts';
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
export function watchDelivery(deliverEach: DeliverEach, metrics: Metrics): DeliverEach {
  return async function watchedDelivery(requests) {
    const origin = requests.some((request) => 'recipient' in request) ? 'campaign' : 'journey';
    const count = (labels: Labels, many?: number) =>
      metrics.count('perennial_deliveries_total', { origin, ...labels }, many);
    try {
      const delivered = await deliverEach(requests);
      for (const each of delivered) count(labelsOf(each));
      return delivered;
    } catch (error) {
      // The database was away: some may have left, and are counted when they are asked for again.
      count(again, requests.length);
      throw error;
    }
  };
}

interface Labels {
  readonly status: string;
  readonly channel: string;
  readonly reason: string;
}

const again: Labels = { status: 'again', channel: '', reason: '' };

function labelsOf(delivered: Delivered): Labels {
  const { status } = delivered;
  switch (status) {
    case 'sent':
      return { status, channel: delivered.channel, reason: '' };
    case 'skipped':
    case 'deferred':
      return { status, channel: '', reason: delivered.reason };
    case 'failed':
      return { status, channel: '', reason: delivered.code };
    case 'unknown':
      return { status, channel: '', reason: '' };
    case 'again':
      return again;
    default:
      return status satisfies never;
  }
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
