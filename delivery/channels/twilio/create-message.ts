import { isPerennialError } from '../../../domain/perennial-error.ts';
import { rejected, type Acceptance, type Outgoing } from '../channel.ts';
import { acceptanceOfOutcome } from './acceptance-of-outcome.ts';
import type { TwilioConnection } from './open-twilio.ts';
import { validitySecondsOf } from './validity-period.ts';

/** What differs between a text message and one over WhatsApp. */
export interface MessageParts {
  readonly to: string;
  readonly sender: { readonly messagingServiceSid: string } | { readonly from: string };
  readonly words:
    | { readonly body: string; readonly smartEncoded?: boolean }
    | { readonly contentSid: string; readonly contentVariables: string };
}

interface Where {
  readonly twilio: TwilioConnection;
  /** Where Twilio tells what became of it, without our id. */
  readonly hook: string;
}

/** One message over Twilio, in at most one request. `partsOf` may refuse by throwing a PerennialError. */
export async function createMessage(
  { twilio, hook }: Where,
  outgoing: Outgoing,
  signal: AbortSignal,
  partsOf: (outgoing: Outgoing) => MessageParts,
): Promise<Acceptance> {
  const validityPeriod = validitySecondsOf(outgoing);
  if (validityPeriod === undefined) return rejected('validity-too-short', false);
  try {
    const { to, sender, words } = partsOf(outgoing);
    const { outcome } = await twilio.ask(signal, (client) =>
      client.messages.create({
        to,
        ...sender,
        ...words,
        statusCallback: `${hook}?s=${outgoing.sendId}`,
        validityPeriod,
      }),
    );
    return acceptanceOfOutcome(outcome);
  } catch (error) {
    if (isPerennialError(error)) return rejected(error.code, true);
    throw error;
  }
}
