import { channelNames } from '../../domain/channel-name.ts';
import type { MessageDefinition } from '../../domain/message.ts';
import type { RenderedMessage } from '../../domain/rendered-message.ts';
import type { ShopConfig } from '../../domain/shop-config.ts';
import { costWords, estimateSmsCost } from '../../domain/sms-cost.ts';
import { previewMessage } from '../../delivery/rendering/preview.ts';
import type { Renderer } from '../../delivery/rendering/renderer.ts';
import { wordingFor } from '../../delivery/wordings-of-shop.ts';
import { leastSample } from './least-sample.ts';

/** One message as one customer would see it. */
export interface Exhibit {
  readonly message: string;
  readonly language: string;
  /** `full`: the message's sample. `least`: all left out that may be, and a customer whose name nobody knows. */
  readonly sample: 'full' | 'least';
  /** Whose law added words, for marketing. */
  readonly country: string;
  readonly rendered: RenderedMessage;
  /** Of a text message, in words, where the shop has given a price. */
  readonly cost: string | undefined;
}

export interface GallerySource {
  readonly messages: Readonly<Record<string, MessageDefinition>>;
  readonly renderer: Renderer;
  readonly shop: ShopConfig;
}

/** Every message in each language, with both samples, for each channel that it has words for; in that order. */
export function listExhibits({ messages, renderer, shop }: GallerySource): Exhibit[] {
  return Object.values(messages).flatMap((message) =>
    shop.locales.supported.flatMap((language) =>
      (['full', 'least'] as const).flatMap((sample) =>
        channelNames
          .filter((channel) =>
            renderer.languageFor({ message: message.name, channel, languages: [language] }),
          )
          .map((channel): Exhibit => {
            const country = countryOf(language, shop);
            const wording = message.purpose === 'marketing' ? wordingFor(shop, country) : undefined;
            const isLeast = sample === 'least';
            const data = isLeast
              ? leastSample(message.sample, (less) => message.data.safeParse(less).success)
              : message.sample;
            const rendered = previewMessage({
              renderer,
              message: { name: message.name, sample: data },
              language,
              channel,
              brand: shop.brand,
              timeZone: shop.home.timeZone,
              nameless: isLeast,
              ...(wording === undefined ? {} : { wording }),
            });
            return {
              message: message.name,
              language,
              sample,
              country,
              rendered,
              cost: costOf(rendered, country, shop),
            };
          }),
      ),
    ),
  );
}

/** The shop's own country for its first language; for others the country in which most people read it, where the shop sells. */
function countryOf(language: string, { home, locales, markets = [] }: ShopConfig): string {
  const region = new Intl.Locale(language).maximize().region;
  const isFirst = language === locales.supported[0];
  return !isFirst && region !== undefined && markets.includes(region) ? region : home.country;
}

function costOf(rendered: RenderedMessage, country: string, { prices }: ShopConfig): string | undefined {
  if (rendered.channel !== 'sms') return undefined;
  const cost = estimateSmsCost(prices, country, rendered.segments);
  return cost === undefined ? undefined : costWords(cost);
}
