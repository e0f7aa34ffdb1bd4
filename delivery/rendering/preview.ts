import type { ChannelName } from '../../domain/channel-name.ts';
import type { RenderedMessage } from '../../domain/rendered-message.ts';
import type { StandardData } from '../../domain/standard-data.ts';
import type { CheckedMessage } from './check/checked-message.ts';
import { greetingName } from './greeting-name.ts';
import type { Renderer } from './renderer.ts';
import type { WordingToAdd } from './required-wording.ts';

export interface PreviewInput {
  readonly renderer: Renderer;
  readonly message: Pick<CheckedMessage, 'name' | 'sample'>;
  readonly language: string;
  readonly channel: ChannelName;
  readonly brand: StandardData['brand'];
  /** The customer's; default UTC. */
  readonly timeZone?: string;
  /** What the law of the customer's country adds. */
  readonly wording?: WordingToAdd;
  /** True for a customer whose name nobody knows. Default false. */
  readonly nameless?: boolean;
}

/**
 * The message as its sample customer would get it.
 *
 * @throws PerennialError like `render`.
 */
export function previewMessage(input: PreviewInput): RenderedMessage {
  const { renderer, message, language, channel, brand, timeZone = 'UTC', wording, nameless = false } = input;
  const known = nameless ? {} : (sampleCustomer[language] ?? sampleCustomer['en'] ?? {});
  const greeting = greetingName(known, language);
  return renderer.render({
    message: message.name,
    channel,
    languages: [language],
    data: message.sample,
    ...(wording === undefined ? {} : { wording }),
    standard: {
      brand,
      customer: { ...greeting, locale: language, timeZone },
      links: {
        unsubscribe: new URL('/u/preview', brand.url).href,
        preferences: new URL('/p/preview', brand.url).href,
      },
    },
  });
}

const sampleCustomer: Readonly<Record<string, { readonly givenName: string; readonly familyName: string }>> =
  {
    en: { givenName: 'Mina', familyName: 'Kim' },
    ko: { givenName: '민아', familyName: '김' },
  };
