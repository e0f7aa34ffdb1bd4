import { createHash } from 'node:crypto';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { accepted, type Acceptance, type Channel, type Outgoing } from '../delivery/channels/channel.ts';

/** A message that left the house in a world. */
export interface SentMessage {
  readonly at: Instant;
  readonly channel: ChannelName;
  readonly to: string;
  readonly message: string;
  readonly journey: string;
  readonly language: string;
  readonly subject?: string;
  readonly text: string;
  readonly html?: string;
  readonly sendId: string;
}

/** What a test may make of a request before it is accepted; `undefined` accepts it. */
export type Mishap = (outgoing: Outgoing) => Acceptance | undefined;

/** A provider that keeps what it is given, and fails only when it is told to. */
export interface MemoryChannel extends Channel {
  readonly sent: readonly SentMessage[];
}

export function createMemoryChannel(
  medium: ChannelName,
  sent: SentMessage[],
  mishap: Mishap = () => undefined,
): MemoryChannel {
  return {
    connection: `memory-${medium}`,
    medium,
    sent,
    async send(outgoing) {
      const answer = mishap(outgoing);
      if (answer !== undefined && answer.kind !== 'ambiguous') return answer;
      sent.push(messageOf(outgoing));
      return (
        answer ??
        accepted(`memory-${createHash('sha256').update(outgoing.sendId).digest('hex').slice(0, 12)}`)
      );
    },
  };
}

function messageOf({ at, content, origin, message, sendId, to }: Outgoing): SentMessage {
  const { channel, language, text } = content;
  return {
    at,
    channel,
    to: to.address,
    message,
    journey: origin,
    language,
    ...(content.channel === 'email' && { subject: content.subject, html: content.html }),
    text,
    sendId,
  };
}
