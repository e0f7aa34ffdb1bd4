import type { ChannelName } from '../../domain/channel-name.ts';
import type { DeliveryState, FailureCode, SendOutcome, SkipReason } from '../../domain/delivery.ts';

/** The answer that a finished row gives, however often it is asked; nothing for one that is on its way. */
export function outcomeOfRow(row: {
  readonly id: string;
  readonly state: DeliveryState;
  readonly reason: SkipReason | FailureCode | null;
  readonly channel: ChannelName | null;
}): SendOutcome | undefined {
  switch (row.state) {
    case 'accepted':
      return row.channel === null
        ? { status: 'unknown' }
        : { status: 'sent', channel: row.channel, delivery: row.id };
    case 'skipped':
      return { status: 'skipped', reason: row.reason as SkipReason };
    case 'failed':
      return { status: 'failed', code: row.reason as FailureCode };
    case 'unknown':
      return { status: 'unknown' };
    case 'deferred':
    case 'sending':
      return undefined;
    default:
      return row.state satisfies never;
  }
}
