import type { CampaignDefinition } from '../domain/campaign.ts';
import { occasionsFrom } from '../domain/calendar/occasions.ts';
import type { Instant } from '../domain/instant.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import type { CampaignGateway } from './campaign-gateway.ts';

export interface Scheduled {
  readonly campaign: string;
  readonly schedule: 'created' | 'updated' | 'none';
  /** When its dispatcher begins: this year and the next two, or once. */
  readonly opensAt: readonly Instant[];
}

/**
 * Makes the engine's Schedules those of the campaigns; doing it again changes nothing.
 * An occasion that has opened already is not begun any more: `perennial campaign launch` does that.
 */
export async function scheduleCampaigns(
  gateway: Pick<CampaignGateway, 'schedule'>,
  campaigns: readonly CampaignDefinition[],
  now: Instant,
): Promise<readonly Scheduled[]> {
  const scheduled: Scheduled[] = [];
  for (const { name, when } of campaigns) {
    const opensAt = occasionsFrom(when, now)
      .map((occasion) => occasion.opensAt)
      .filter((instant) => instant > now - catchUpMs);
    scheduled.push({ campaign: name, schedule: await gateway.schedule(name, opensAt), opensAt });
  }
  return scheduled;
}

/** What a worker does when it starts: the same, for a shop that asks for it in its configuration. */
export async function scheduleAtStart(
  gateway: Pick<CampaignGateway, 'schedule'>,
  shop: Pick<ShopConfig, 'campaigns'>,
  campaigns: readonly CampaignDefinition[],
  now: Instant,
): Promise<readonly Scheduled[]> {
  return shop.campaigns === 'scheduled' ? scheduleCampaigns(gateway, campaigns, now) : [];
}

/** A Schedule that is replaced still catches up on an occasion within its window, so that one is kept. */
const catchUpMs = 3_600_000;
