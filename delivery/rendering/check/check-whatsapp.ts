import { holdsWording, type RequiredWording } from '../../../domain/required-wording.ts';
import type { Composed } from '../compose.ts';
import { fault, faultOf, type Fault } from '../fault.ts';
import { filesOfChannel, type TemplateFiles } from '../template-files.ts';
import {
  checkWhatsAppTemplate,
  expressionsOfVariables,
  parseWhatsAppTemplate,
  type WhatsAppTemplate,
} from '../whatsapp-template.ts';
import type { CheckedMessage } from './checked-message.ts';

interface WhatsAppWords {
  readonly expressions: readonly Composed[];
  readonly faults: readonly Fault[];
}

/**
 * What is wrong with the words for WhatsApp, and the expressions in them. A message without such words has none.
 *
 * @param markets what the laws of the shop's markets want in advertisements
 */
export function readWhatsAppWords(
  files: TemplateFiles,
  message: CheckedMessage,
  language: string,
  markets: readonly RequiredWording[],
): WhatsAppWords {
  const [name] = filesOfChannel.whatsapp;
  const file = `${message.name}/${language}/${name}`;
  const source = files.sources.get(file);
  if (source === undefined) return { expressions: [], faults: [] };
  try {
    const template = parseWhatsAppTemplate(file, source);
    return {
      expressions: expressionsOfVariables(file, source, template),
      faults: [
        ...checkWhatsAppTemplate(file, source, template),
        ...checkPurpose(file, template, message),
        ...(message.purpose === 'marketing' ? checkWording(file, template, language, markets) : []),
      ],
    };
  } catch (error) {
    return { expressions: [], faults: [faultOf(error)] };
  }
}

function checkPurpose(file: string, template: WhatsAppTemplate, { purpose }: CheckedMessage): Fault[] {
  if (purpose !== 'marketing') return [];
  const place = { file, line: 1, column: 1 };
  const faults: Fault[] = [];
  if (template.category !== 'marketing') {
    const sentence =
      'The message is marketing, and so is its template: Meta counts whatever is mixed as marketing. Write "category": "marketing".';
    faults.push(fault('whatsapp', place, sentence));
  }
  const showsLink = Object.values(template.variables).some((words) => words.includes('links.unsubscribe'));
  if (!showsLink && !/STOP|PARAR|SAIR|수신거부/.test(template.body)) {
    const sentence =
      'Marketing must always show how to stop it. Let a variable be {{url links.unsubscribe}}, or say in the body: "Reply STOP to stop."';
    faults.push(fault('missing-unsubscribe', place, sentence));
  }
  return faults;
}

/** What is approved stays as it is, so nothing can be added for a country when the message goes there. */
function checkWording(
  file: string,
  { body }: WhatsAppTemplate,
  language: string,
  markets: readonly RequiredWording[],
): Fault[] {
  const spokenThere = ({ mail }: RequiredWording) => language.split('-')[0] === mail.language;
  return markets
    .filter((rule) => spokenThere(rule) && !holdsWording(body, rule))
    .map(({ label, refusal, source }) =>
      fault(
        'required-wording',
        { file, line: 1, column: 1 },
        `Let the body begin with "${label}" and name the way to refuse after "${refusal}", such as {{url links.unsubscribe}} as a variable. Nothing can be added to an approved text, and without them it never goes to a customer there (${source}).`,
      ),
    );
}
