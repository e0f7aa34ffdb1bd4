import type { CampaignDefinition } from '../domain/campaign.ts';
import { occasionsFrom } from '../domain/calendar/occasions.ts';
import type { Instant } from '../domain/instant.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import type { CampaignGateway } from './campaign-gateway.ts';

export interface Scheduled {
  readonly campaign: string;
  /** `removed`: there was one, and no such campaign is defined any more. */
  readonly schedule: 'created' | 'updated' | 'none' | 'removed';
  /** When its dispatcher begins: this year and the next two, or once. */
  readonly opensAt: readonly Instant[];
}

/** What is needed to set them. */
export type CampaignScheduler = Pick<CampaignGateway, 'schedule' | 'unscheduleAllBut'>;

/**
 * Makes the engine's Schedules those of the campaigns, and removes those of campaigns that are no more; doing it again
 * changes nothing. A dispatcher that is under way already goes on.
 * An occasion that has opened already is not begun any more: `perennial campaign launch` does that.
 */
export async function scheduleCampaigns(
  gateway: CampaignScheduler,
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
  const removed = await gateway.unscheduleAllBut(campaigns.map(({ name }) => name));
  return [
    ...scheduled,
    ...removed.map((campaign) => ({ campaign, schedule: 'removed' as const, opensAt: [] })),
  ];
}

/** What a worker does when it starts: the same, for a shop that asks for it in its configuration. */
export async function scheduleAtStart(
  gateway: CampaignScheduler,
  shop: Pick<ShopConfig, 'campaigns'>,
  campaigns: readonly CampaignDefinition[],
  { now, log }: { readonly now: Instant; readonly log: ScheduleLog },
): Promise<readonly Scheduled[]> {
  if (shop.campaigns !== 'scheduled') return [];
  const scheduled = await scheduleCampaigns(gateway, campaigns, now);
  for (const { campaign, schedule } of scheduled) {
    if (schedule === 'removed') {
      log.warn({ campaign }, 'no such campaign is defined any more: its Schedule was removed');
    }
  }
  return scheduled;
}

interface ScheduleLog {
  warn(details: object, message: string): void;
}

/** A Schedule that is replaced still catches up on an occasion within its window, so that one is kept. */
const catchUpMs = 3_600_000;
