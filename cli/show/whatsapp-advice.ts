import type { ShownTemplate } from '../whatsapp-templates.ts';

export interface AdviceOptions {
  /** Where Twilio is: the real one, one of the tests on this machine, or none that is set. */
  readonly twilio: 'real' | 'local' | 'none';
}

const guide = 'docs/guides/write-a-message.md#whatsapp';
const ask = 'npx perennial whatsapp sync';

/** What to do next about templates that cannot be sent; nothing when all can. */
export function whatsAppAdvice(templates: readonly ShownTemplate[], { twilio }: AdviceOptions): string[] {
  const own = templates.filter(({ message }) => message !== null);
  if (own.length === 0) {
    return [`No message has words for WhatsApp. How to write some: ${guide}`];
  }
  const waiting = own.filter(({ standing }) => standing !== 'approved');
  if (waiting.length === 0) return [];
  if (twilio === 'none') return [noTwilio];
  const stepOf = twilio === 'local' ? localStep : realStep;
  return [...new Set(waiting.map(({ standing }) => stepOf(standing)))];
}

const noTwilio =
  'No Twilio account is set, so nothing can be approved. See docs/guides/connect-twilio.md, which also has one to play with. Tests and simulations need none: there every template is approved.';

/** Nobody has to be waited for. */
function localStep(): string {
  return `The Twilio on this machine approves what stands in templates/ whenever it is asked: ${ask}`;
}

function realStep(standing: string): string {
  switch (standing) {
    case 'unknown to the provider':
    case 'unsubmitted':
      return `${capital(standing)}: create it at Twilio (Content Template Builder) under the same name, language and body, submit it to WhatsApp, then: ${ask}. See ${guide}`;
    case 'received':
    case 'pending':
      return `${capital(standing)}: Meta is still reading it, mostly for less than a day. Then: ${ask}`;
    case 'approved with other words':
      return `${capital(standing)}: make whatsapp.json and the template at Twilio say the same (a changed template has to be approved anew), then: ${ask}`;
    default:
      return `${capital(standing)}: Twilio's console says why. Change the words there and in whatsapp.json, submit it again, then: ${ask}`;
  }
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
