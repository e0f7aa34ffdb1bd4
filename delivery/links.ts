import { channelNames, type ChannelName } from '../domain/channel-name.ts';
import type { SharedProduct } from '../domain/live-season.ts';
import type { RatedGoods } from '../domain/message.ts';
import { seasonDays, seasonIdOf, seasonNames } from '../domain/seasons.ts';
import { productMark } from '../store/season-facts.ts';
import { createClickLinks, type ClickLinks } from './click-links.ts';
import { bytesOf, createTokenSeal, idOf } from './signed-token.ts';

/** What an unsubscribe link stands for: ids, no personal data. */
export interface UnsubscribeGrant {
  readonly customer: string;
  /** The message that the link stood in. Text messages are paid by the letter: their links do without. */
  readonly delivery?: string;
  readonly channel: ChannelName;
}

export interface Links {
  /** The address that stops `channel` for this customer, shown in a message and called by one click (RFC 8058). */
  readonly unsubscribe: (grant: UnsubscribeGrant) => string;
  /** What a token grants, or `undefined` for one that we did not make. It never expires: an old mail must still stop. */
  readonly verifyUnsubscribe: (token: string) => UnsubscribeGrant | undefined;
  /** The page where the customer chooses what they get. */
  readonly preferences: (customer: string) => string;
  /** Whose preferences a token opens, or `undefined` for one that we did not make. It never expires either. */
  readonly verifyPreferences: (token: string) => string | undefined;
  /** The page on which goods of an order are rated; `?stars=4` after it has four of them chosen already. */
  readonly rating: (goods: RatedGoods) => string;
  /** What may be rated with a token, or `undefined` for one that we did not make. */
  readonly verifyRating: (token: string) => RatedGoods | undefined;
  /** Links to the shop that tell who followed them. */
  readonly clicks: ClickLinks;
  /** The public page about a product in a season. Whoever has it learns nothing of who shared it. */
  readonly share: (product: SharedProduct) => string;
  /** Which season and, by its `productMark`, which product a token is about, or `undefined` for one that we did not make. */
  readonly verifyShare: (token: string) => { readonly season: string; readonly mark: string } | undefined;
}

export interface LinkOptions {
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly secret: string;
  /** Secrets of the past, whose links stay valid (kept at least two years). */
  readonly formerSecrets?: readonly string[];
  /** Hosts of the shop that click links may lead to, each with its subdomains. Default: none, so there are no such links. */
  readonly clickDomains?: readonly string[];
}

const idLength = 16;

/** Signed links. Each kind has a key of its own: a link that stops messages rates nothing, and the other way round. */
export function createLinks({
  publicUrl,
  secret,
  formerSecrets = [],
  clickDomains = [],
}: LinkOptions): Links {
  const unsubscribe = createTokenSeal({
    purpose: 'unsubscribe links, version 1',
    length: 2 * idLength + 1,
    secret,
    formerSecrets,
  });
  const shortUnsubscribe = createTokenSeal({
    purpose: 'short unsubscribe links, version 1',
    length: idLength + 1,
    secret,
    formerSecrets,
  });
  const preferences = createTokenSeal({
    purpose: 'preference links, version 1',
    length: idLength,
    secret,
    formerSecrets,
  });
  const share = createTokenSeal({
    purpose: 'share links, version 1',
    length: 1 + dayLength + markLength,
    secret,
    formerSecrets,
  });
  const rating = createTokenSeal({
    purpose: 'rating links, version 1',
    length: idLength + 2,
    secret,
    formerSecrets,
  });

  return {
    clicks: createClickLinks({ publicUrl, secret, formerSecrets, domains: clickDomains }),
    unsubscribe({ customer, delivery, channel }) {
      const medium = Buffer.from([channelNames.indexOf(channel)]);
      const token =
        delivery === undefined
          ? shortUnsubscribe.seal(Buffer.concat([bytesOf(customer), medium]))
          : unsubscribe.seal(Buffer.concat([bytesOf(customer), bytesOf(delivery), medium]));
      return `${publicUrl}/u/${token}`;
    },
    verifyUnsubscribe(token) {
      const whole = unsubscribe.open(token);
      const content = whole ?? shortUnsubscribe.open(token);
      const channel = channelNames[content?.at(-1) ?? -1];
      if (content === undefined || channel === undefined) return undefined;
      const customer = idOf(content.subarray(0, idLength));
      if (whole === undefined) return { customer, channel };
      return { customer, delivery: idOf(whole.subarray(idLength, 2 * idLength)), channel };
    },
    preferences: (customer) => `${publicUrl}/p/${preferences.seal(bytesOf(customer))}`,
    verifyPreferences(token) {
      const content = preferences.open(token);
      return content === undefined ? undefined : idOf(content);
    },
    rating: ({ order, line = everyLine }) =>
      `${publicUrl}/r/${rating.seal(Buffer.concat([bytesOf(order), Buffer.from([line >> 8, line & 255])]))}`,
    verifyRating(token) {
      const content = rating.open(token);
      if (content === undefined) return undefined;
      const line = content.readUInt16BE(idLength);
      const order = idOf(content.subarray(0, idLength));
      return line === everyLine ? { order } : { order, line };
    },
    share: ({ season, variant }) =>
      `${publicUrl}/s/${share.seal(Buffer.concat([bytesOfSeason(season), Buffer.from(productMark(variant), 'hex')]))}`,
    verifyShare(token) {
      const content = share.open(token);
      const name = seasonNames[content?.[0] ?? -1];
      if (content === undefined || name === undefined) return undefined;
      const holiday = new Date(content.readUInt16BE(1) * dayMs).toISOString().slice(0, 10);
      return { season: seasonIdOf(name, holiday), mark: content.subarray(1 + dayLength).toString('hex') };
    },
  };
}

/** Lines are counted from 1, and an order has at most a thousand. */
const everyLine = 0;

/** Days since 1970; sixteen bits of them last until 2149. */
const dayLength = 2;
const dayMs = 86_400_000;
const markLength = 8;

function bytesOfSeason(season: string): Buffer {
  const days = seasonDays(season);
  if (days === undefined) throw new RangeError(`"${season}" is not a season.`);
  const bytes = Buffer.alloc(1 + dayLength);
  bytes.writeUInt8(seasonNames.indexOf(days.name));
  bytes.writeUInt16BE(Date.parse(days.holiday) / dayMs, 1);
  return bytes;
}
