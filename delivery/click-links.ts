import { createHmac } from 'node:crypto';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import type { ShortLink } from '../store/short-links.ts';
import { remembered } from './rendering/remembered.ts';
import { bytesOf, createTokenSeal, idOf } from './signed-token.ts';

/** What a click link stands for. */
export interface ClickLink {
  readonly delivery: string;
  /** When the message that it stands in was written, to the second: people take longer to read than scanners. */
  readonly writtenAt: Instant;
  readonly url: string;
}

/** Makes the links of one message. */
export interface MessageLinker {
  /** The same address for everything that is not the shop's: our own pages, and other hosts. */
  readonly follow: (url: string) => string;
  /** Those that must be stored before the message leaves. */
  readonly shortLinks: () => readonly ShortLink[];
}

export interface ClickLinks {
  readonly of: (message: {
    readonly delivery: string;
    readonly channel: ChannelName;
    readonly at: Instant;
  }) => MessageLinker;
  /** What a link of a mail stands for; nothing for one that we did not make, or whose host is no longer the shop's. */
  readonly read: (message: string, link: string) => ClickLink | undefined;
  /** May a click lead there? */
  readonly isShops: (url: string) => boolean;
}

export interface ClickLinkOptions {
  readonly publicUrl: string;
  readonly secret: string;
  readonly formerSecrets: readonly string[];
  /** Hosts of the shop, each with its subdomains. */
  readonly domains: readonly string[];
}

const idLength = 16;
/** Some mail programs and scanners cut links at 2,000 characters. */
const longestUrl = 700;
const codeBytes = 9;

/**
 * Links that tell us who followed them, on their way to the shop.
 *
 * In a mail the link carries everything itself, `/c/<message>/<link>`: both parts are signed by themselves, so nothing is
 * stored, and what a million mails share (the shop's front page, a product) is signed once. Words that are paid by the
 * letter get `/c/<code>` of twelve letters, which stands in a table. In neither is anything personal, and neither leads
 * anywhere but to an address that we wrote, at one of the shop's hosts (providers reference R-SEC-10).
 */
export function createClickLinks({
  publicUrl,
  secret,
  formerSecrets,
  domains,
}: ClickLinkOptions): ClickLinks {
  const messages = createTokenSeal({
    purpose: 'clicked messages, version 1',
    length: idLength + 4,
    secret,
    formerSecrets,
  });
  const addresses = createTokenSeal({
    purpose: 'clicked links, version 1',
    length: 'any',
    secret,
    formerSecrets,
  });
  const isShops = (url: string) => isOf(domains, url);
  const isOurs = (url: string) => url.startsWith(publicUrl) && /^\/[a-z]\//.test(url.slice(publicUrl.length));
  const isFollowed = (url: string) => url.length <= longestUrl && !isOurs(url) && isShops(url);
  /** Empty for what is not followed. */
  const sealed = remembered((url: string) => (isFollowed(url) ? addresses.seal(Buffer.from(url)) : ''));

  /** Follows from the message and the address, so that writing the message again gives the same link. */
  function codeOf(delivery: string, url: string): string {
    const hash = createHmac('sha256', secret)
      .update(`perennial: short links, version 1\0${delivery}\0${url}`)
      .digest();
    return hash.subarray(0, codeBytes).toString('base64url');
  }

  return {
    isShops,
    of({ delivery, channel, at }) {
      if (channel === 'email') {
        const message = messages.seal(Buffer.concat([bytesOf(delivery), secondsOf(at)]));
        const beginning = `${publicUrl}/c/${message}/`;
        const follow = (url: string) => {
          const link = sealed(url);
          return link === '' ? url : beginning + link;
        };
        return { follow, shortLinks: () => [] };
      }
      const stored = new Map<string, ShortLink>();
      return {
        follow(url) {
          if (!isFollowed(url)) return url;
          const code = codeOf(delivery, url);
          stored.set(code, { code, delivery, url, at });
          return `${publicUrl}/c/${code}`;
        },
        shortLinks: () => [...stored.values()],
      };
    },
    read(message, link) {
      const about = messages.open(message);
      const address = addresses.open(link);
      if (about === undefined || address === undefined) return undefined;
      const url = address.toString();
      if (!isOf(domains, url)) return undefined;
      const writtenAt = about.readUInt32BE(idLength) * 1000;
      return { delivery: idOf(about.subarray(0, idLength)), writtenAt, url };
    },
  };
}

/** Where links of the shop's messages may lead. */
export function clickDomainsOf({
  brand,
  tracking,
}: Pick<ShopConfig, 'brand' | 'tracking'>): readonly string[] {
  return tracking?.domains ?? [new URL(brand.url).hostname.replace(/^www\./, '')];
}

function isOf(domains: readonly string[], url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  const isPlain = username === '' && password === '';
  return (
    protocol === 'https:' &&
    isPlain &&
    domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))
  );
}

function secondsOf(at: Instant): Buffer {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.max(0, Math.floor(at / 1000)));
  return seconds;
}
