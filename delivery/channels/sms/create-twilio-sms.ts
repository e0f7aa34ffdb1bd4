import { PerennialError } from '../../../domain/perennial-error.ts';
import type { Channel, Outgoing } from '../channel.ts';
import { assertPhoneNumber } from '../safe-text.ts';
import { createMessage, type MessageParts } from '../twilio/create-message.ts';
import { lookUpMessage } from '../twilio/look-up-message.ts';
import type { TwilioConnection } from '../twilio/open-twilio.ts';
import { readStatus } from '../twilio/read-status.ts';

export interface TwilioSmsOptions {
  readonly twilio: TwilioConnection;
  /** The Messaging Service `MG…` whose numbers send; it, and not `Outgoing.from`, chooses the sender. */
  readonly messagingServiceSid: string;
  /** Where the shop is reached from outside, without a slash at the end. */
  readonly publicUrl: string;
  /** The name in the ledger and in the webhook's address. Default `twilio-sms`. */
  readonly connection?: string;
}

/**
 * Text messages by a Messaging Service of Twilio. A message is never scheduled there (a STOP would not cancel it), and
 * Twilio's own guards, such as the one against inflated traffic, stay as the account has them.
 */
export function createTwilioSms(options: TwilioSmsOptions): Channel {
  const { twilio, messagingServiceSid, publicUrl, connection = 'twilio-sms' } = options;
  const hook = `${publicUrl}/hooks/${connection}`;

  const partsOf = ({ to, content }: Outgoing): MessageParts => {
    if (content.channel !== 'sms') throw new PerennialError('message-unsafe', 'This is not a text message.');
    return {
      to: assertPhoneNumber(to.address, "recipient's number"),
      sender: { messagingServiceSid },
      // Twilio would replace letters that look alike; what was checked and counted is what leaves.
      words: { body: content.text, smartEncoded: false },
    };
  };

  return {
    connection,
    medium: 'sms',
    send: (outgoing, signal) => createMessage({ twilio, hook }, outgoing, signal, partsOf),
    lookUp: (earlier) => lookUpMessage(twilio, earlier, (address) => address),
    readStatus: (taken) => readStatus(twilio, taken),
  };
}
