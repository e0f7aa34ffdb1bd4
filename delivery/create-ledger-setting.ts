import { parseDuration } from '../domain/duration.ts';
import type { Clock } from '../domain/instant.ts';
import type { JourneyDefinition } from '../domain/journey.ts';
import { assertRateLimits } from '../domain/rate-limits.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import type { Database } from '../store/database.ts';
import type { Channel } from './channels/channel.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import { createPermits, type Permits } from './ledger/permits.ts';
import type { MessageRegistry } from './message-registry.ts';
import { languageChain } from './rendering/language-chain.ts';
import type { Renderer } from './rendering/renderer.ts';

export interface LedgerSettingDeps {
  readonly db: Database;
  /** In the shop's order; the first connection of a medium is used. */
  readonly channels: readonly Channel[];
  readonly messages: MessageRegistry;
  readonly renderer: Pick<Renderer, 'whatsAppTemplatesOf'>;
  readonly shop: ShopConfig;
  /** The system's in production, the world's in a simulation. */
  readonly clock: Clock;
  /** Only asked whether they include business customers. */
  readonly journeys?: readonly Pick<JourneyDefinition, 'name' | 'version' | 'includesBusiness'>[];
  /** Real time, for leases only. Default: this machine's. */
  readonly wall?: Clock;
  /** How long a provider may take, in milliseconds. Default 15,000. */
  readonly sendTimeoutMs?: number;
  /** How long an attempt belongs to its process, in milliseconds. Default three times `sendTimeoutMs`. */
  readonly leaseMs?: number;
  /** Default: those of `shop.limits`. */
  readonly permits?: Permits;
  /**
   * How long a list goes on under a rate limit, in milliseconds. What has not left by then comes again, so that a slow
   * connection holds up neither what goes by another one nor another campaign. Default 10,000.
   */
  readonly listTurnMs?: number;
  /** Aborted when the process ends: lists let go of what has not left yet. Default: never. */
  readonly stopping?: AbortSignal;
}

/** What is the same for every request; also for those who judge or settle without sending. */
export function createLedgerSetting(deps: LedgerSettingDeps): LedgerSetting {
  const { shop, clock, channels, messages, renderer, journeys = [] } = deps;
  const sendTimeoutMs = deps.sendTimeoutMs ?? 15_000;
  const windows = [
    ...shop.policy.frequencyCaps.map((cap) => cap.per),
    ...Object.values(messages).flatMap((message) => message.allowance?.per ?? []),
  ];
  return {
    shop,
    clock,
    wall: deps.wall ?? { now: () => Date.now() },
    sendTimeoutMs,
    leaseMs: deps.leaseMs ?? 3 * sendTimeoutMs,
    permits: deps.permits ?? permitsOf(deps),
    listTurnMs: deps.listTurnMs ?? 10_000,
    stopping: deps.stopping ?? new AbortController().signal,
    channelOf: (medium) => channels.find((channel) => channel.medium === medium),
    includesBusiness: (name, version) =>
      journeys.some(
        (journey) =>
          journey.name === name && journey.version === version && journey.includesBusiness === true,
      ),
    whatsAppTemplatesOf: (message, locale) =>
      renderer.whatsAppTemplatesOf(
        message,
        languageChain(locale ?? shop.locales.supported[0], shop.locales.supported),
      ),
    longestWindowMs: Math.max(0, ...windows.map(parseDuration)),
  };
}

function permitsOf({ db, shop: { limits = {} } }: LedgerSettingDeps): Permits {
  assertRateLimits(limits);
  return createPermits({ db, limits });
}
