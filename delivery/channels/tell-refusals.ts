import type { Clock } from '../../domain/instant.ts';
import type { Channel } from './channel.ts';
import type { FailureClass, Notice } from './receipts.ts';

export interface TellRefusalsOptions {
  /** What a code of the ledger means; `undefined` for a code of another vendor. */
  readonly classOf: (code: string) => FailureClass | undefined;
  /** Keeps what the refusal says about the address. */
  readonly tell: (connection: string, notices: readonly Notice[]) => Promise<void>;
  readonly clock: Clock;
}

/**
 * A channel that passes on what a refusal says about the person: that they have told the provider to stop (Twilio's
 * 21610), or that the address does not exist. No receipt comes for a message that was never taken.
 *
 * What cannot be passed on is not tried again: the next message to that address is refused in the same words.
 */
export function tellRefusals(channel: Channel, { classOf, tell, clock }: TellRefusalsOptions): Channel {
  return {
    ...channel,
    async send(outgoing, signal) {
      const acceptance = await channel.send(outgoing, signal);
      if (acceptance.kind !== 'rejected') return acceptance;
      const { code } = acceptance;
      const failure = classOf(code);
      if (failure === 'opted-out' || failure === 'bad-address') {
        const { sendId } = outgoing;
        const id = `refused/${sendId}/${code}`;
        const notice: Notice = {
          kind: 'refused',
          id,
          at: clock.now(),
          sendId,
          code,
          class: failure,
          raw: {},
        };
        await tell(channel.connection, [notice]).catch(() => undefined);
      }
      return acceptance;
    },
  };
}
