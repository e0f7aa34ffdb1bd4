import type { CampaignDefinition } from '../../domain/campaign.ts';
import { segment } from '../../domain/segment.ts';
import type { ShopConfig } from '../../domain/shop-config.ts';
import { createLinks } from '../../delivery/links.ts';
import shop from '../../perennial.config.ts';
import { messages } from '../../templates/index.ts';
import { languagesOfAudience } from './crowd.ts';

/** As by SendGrid in production: the connection that a rate limit names. */
export const campaignConnection = 'sendgrid';
export const journeyConnection = 'smtp';

const dayMs = 86_400_000;

/** A day that has begun everywhere, so that all forty zones are due at once: as fast as it can is what is measured. */
function dayThatHasBegun(now: number): string {
  return new Date(now - 2 * dayMs).toISOString().slice(0, 10);
}

/** The shop's own launch message, by e-mail, on each recipient's own clock, with a holdout gate that lets everybody through. */
export function benchCampaign(now: number): CampaignDefinition {
  const lastDay = new Date(now + 3 * dayMs).toISOString().slice(0, 10);
  return {
    name: 'bench',
    audience: segment({ consent: 'email', language: languagesOfAudience }),
    message: 'campaign-launch',
    input: () => ({
      occasion: { en: 'Black Friday', ko: '블랙프라이데이' },
      percent: 20,
      lastDay,
      url: 'https://shop.example/black-friday',
    }),
    when: { date: dayThatHasBegun(now), at: '10:00', in: 'recipient' },
    excludeBuyersSinceLaunch: true,
  };
}

/** The shop's messages; that of the campaign is of use for longer, since its day was the day before yesterday somewhere. */
export const benchMessages = {
  ...messages,
  'campaign-launch': { ...messages['campaign-launch'], usefulFor: '5 days' },
} as const;

/** The shop, with a limit for the campaign's connection or none. */
export function benchShop(perSecond: number | undefined): ShopConfig {
  return { ...shop, ...(perSecond === undefined ? {} : { limits: { [campaignConnection]: { perSecond } } }) };
}

export const benchLinks = createLinks({
  publicUrl: 'https://mail.shop.example',
  secret: 'a secret of thirty-two characters',
});
