import { PerennialError } from '../../../domain/perennial-error.ts';
import type { RenderedWhatsApp } from '../../../domain/rendered-message.ts';
import type { Channel, Outgoing } from '../channel.ts';
import { assertPhoneNumber } from '../safe-text.ts';
import { createMessage, type MessageParts } from '../twilio/create-message.ts';
import { lookUpMessage } from '../twilio/look-up-message.ts';
import type { TwilioConnection } from '../twilio/open-twilio.ts';
import { readStatus } from '../twilio/read-status.ts';

export interface TwilioWhatsAppOptions {
  readonly twilio: TwilioConnection;
  /** The shop's WhatsApp number in E.164 form, or a Messaging Service `MG…` that has one. */
  readonly sender: string;
  /** Where the shop is reached from outside, without a slash at the end. */
  readonly publicUrl: string;
  /** The name in the ledger and in the webhook's address. Default `twilio-whatsapp`. */
  readonly connection?: string;
}

/**
 * WhatsApp messages by Twilio: approved templates by their content SID; free text only when the message says so, which
 * WhatsApp takes within 24 hours of the customer's last message.
 */
export function createTwilioWhatsApp(options: TwilioWhatsAppOptions): Channel {
  const { twilio, publicUrl, connection = 'twilio-whatsapp' } = options;
  const hook = `${publicUrl}/hooks/${connection}`;
  const sender = senderOf(options.sender);

  const partsOf = ({ to, content }: Outgoing): MessageParts => {
    if (content.channel !== 'whatsapp') {
      throw new PerennialError('message-unsafe', 'This is not a WhatsApp message.');
    }
    const number = assertPhoneNumber(to.address, "recipient's number");
    return { to: inWhatsApp(number), sender, words: wordsOf(content) };
  };

  return {
    connection,
    medium: 'whatsapp',
    send: (outgoing, signal) => createMessage({ twilio, hook }, outgoing, signal, partsOf),
    lookUp: (earlier) => lookUpMessage(twilio, earlier, inWhatsApp),
    readStatus: (taken) => readStatus(twilio, taken),
  };
}

const inWhatsApp = (number: string) => `whatsapp:${number}`;

function senderOf(sender: string): MessageParts['sender'] {
  return sender.startsWith('MG') ? { messagingServiceSid: sender } : { from: inWhatsApp(sender) };
}

function wordsOf({ template, variables, text }: RenderedWhatsApp): MessageParts['words'] {
  if (template === undefined) return { body: text };
  return { contentSid: template, contentVariables: JSON.stringify(variables) };
}
