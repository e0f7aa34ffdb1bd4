import { toIso, type Instant } from '../../domain/instant.ts';
import { holdsWording } from '../../domain/required-wording.ts';
import { isMarketing, pass, skip, type ChannelGate } from './gate.ts';
import { wordingAt } from './law/law-of.ts';
import { findTemplate, standingOf } from './template-standing.ts';
import type { SendCase, TemplateFact, WrittenTemplate } from './send-facts.ts';

/** WhatsApp's window for free text, less five minutes for what is on its way (R-WA-3). */
const windowMs = (24 * 60 - 5) * 60_000;

/** How a message goes by WhatsApp: as free text, or by a template that was approved. */
export type WhatsAppForm =
  | { readonly as: 'free-text'; readonly language: string; readonly until: Instant }
  | { readonly as: 'template'; readonly language: string; readonly contentSid: string };

/**
 * A shop may write freely for 24 hours after the customer wrote to it. At any other time WhatsApp takes only what Meta
 * has approved, word by word (R-WA-1).
 */
export const whatsAppTemplate: ChannelGate = {
  name: 'whatsapp-template',
  applies: (_, channel) => channel === 'whatsapp',
  judge(sendCase) {
    const form = whatsAppFormOf(sendCase);
    if (form?.as === 'free-text') return pass({ as: 'free text', windowUntil: toIso(form.until) });
    if (form !== undefined) return pass({ as: 'template', language: form.language });
    return skip('template-not-approved', { as: 'template', status: statusWords(sendCase) });
  },
};

/** `undefined` when it cannot go by WhatsApp now. */
export function whatsAppFormOf(sendCase: SendCase): WhatsAppForm | undefined {
  const written = sendCase.message.whatsApp ?? [];
  const [best] = written;
  if (best === undefined) return undefined;
  const heardFromAt = sendCase.facts.addresses.whatsapp?.heardFromAt;
  const until = heardFromAt === undefined ? 0 : heardFromAt + windowMs;
  if (sendCase.now < until) return { as: 'free-text', language: best.language, until };
  for (const template of written) {
    const found = approvedFor(template, sendCase);
    if (found !== undefined) {
      return { as: 'template', language: template.language, contentSid: found.contentSid };
    }
  }
  return undefined;
}

/** It is approved, for this purpose, with the words that stand in the shop's own file, and says what the law wants. */
function approvedFor(written: WrittenTemplate, sendCase: SendCase): TemplateFact | undefined {
  const found = findTemplate(written, sendCase.facts.templates);
  if (found === undefined || standingOf(written, found) !== 'approved') return undefined;
  if (!isMarketing(sendCase)) return found;
  const wording = wordingAt(sendCase.facts.customer.place);
  return wording === undefined || holdsWording(found.body, wording) ? found : undefined;
}

function statusWords({ message, facts }: SendCase): string {
  const [written] = message.whatsApp ?? [];
  if (written === undefined) return 'not written in any language of the customer';
  const standing = standingOf(written, findTemplate(written, facts.templates));
  const wording = wordingAt(facts.customer.place);
  return standing === 'approved' && wording !== undefined
    ? `lacks "${wording.label}" in front, or "${wording.refusal}"`
    : standing;
}
