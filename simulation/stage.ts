import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { CampaignDefinition } from '../domain/campaign.ts';
import type { JourneyDefinition } from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import { loadTemplatesOf } from '../delivery/rendering/load-templates.ts';
import { createRenderer, type Renderer } from '../delivery/rendering/renderer.ts';
import shopOfThisCheckout from '../perennial.config.ts';
import { messages as messagesOfThisCheckout } from '../templates/index.ts';
import { bundleJourneys } from '../workflows/bundle.ts';
import { campaigns as campaignsOfThisCheckout } from '../workflows/campaigns/index.ts';
import * as journeysOfThisCheckout from '../workflows/index.ts';
import { listJourneys } from '../workflows/list-journeys.ts';
import { createHands, type Hands } from './hands.ts';

/** What worlds of one process share: the connections, the worker and the compiled templates. */
export interface Stage {
  readonly client: Client;
  readonly hands: Hands;
  readonly journeys: readonly JourneyDefinition[];
  readonly campaigns: readonly CampaignDefinition[];
  readonly messages: typeof messagesOfThisCheckout;
  readonly renderer: Renderer;
  readonly shop: ShopConfig;
  close(): Promise<void>;
}

export interface StageOptions {
  /** A simulation server of `engine/start-simulation-server.ts`: on this machine, with time skipping. */
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** Other journeys than those of this checkout: a module as `workflows/index.ts`, and where it lies. */
  readonly journeys?: { readonly module: Readonly<Record<string, unknown>>; readonly entry: string };
  /** Only these journeys begin, by name: nobody else competes for the customer. Default: all. */
  readonly only?: readonly string[];
  /** Default `perennial.config.ts`. */
  readonly shop?: ShopConfig;
}

const checkout = fileURLToPath(new URL('..', import.meta.url));

/**
 * Opens a stage. Takes a second or two; each world on it then takes a fraction of that.
 *
 * @throws PerennialError `world-not-local` for a server that is not on this machine: a simulation moves clocks, and
 * must never do that to anybody else's runs; `journey-unknown` for a name in `only` that no journey has.
 */
export async function openStage({ temporal, journeys, only, shop }: StageOptions): Promise<Stage> {
  assertLocal(temporal.address);
  const playing = chosen(listJourneys(journeys?.module ?? journeysOfThisCheckout), only);
  quieten();
  const [connection, native, bundle, templates] = await Promise.all([
    Connection.connect({ address: temporal.address }),
    NativeConnection.connect({ address: temporal.address }),
    bundleJourneys(journeys ? { entry: journeys.entry } : {}),
    loadTemplatesOf(checkout),
  ]);
  const hands = await createHands({ connection: native, namespace: temporal.namespace, bundle });
  return {
    client: new Client({ connection, namespace: temporal.namespace }),
    hands,
    journeys: playing,
    campaigns: campaignsOfThisCheckout,
    messages: messagesOfThisCheckout,
    renderer: createRenderer({ templates }),
    shop: shop ?? shopOfThisCheckout,
    async close() {
      await hands.stop();
      await Promise.all([connection.close(), native.close()]);
    },
  };
}

function chosen(
  journeys: readonly JourneyDefinition[],
  only: readonly string[] | undefined,
): readonly JourneyDefinition[] {
  const names = journeys.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PerennialError(
      'journey-unknown',
      `There is no journey "${unknown}". There are: ${[...new Set(names)].join(', ')}.`,
    );
  }
  return only === undefined ? journeys : journeys.filter(({ name }) => only.includes(name));
}

function assertLocal(address: string): void {
  const host = address.slice(0, address.lastIndexOf(':'));
  if (['127.0.0.1', 'localhost', '[::1]'].includes(host)) return;
  throw new PerennialError(
    'world-not-local',
    `A simulation moves the clocks of its runs, so it only works with a Temporal server of its own on this machine, not with ${address}. Take the address of startSimulationServer().`,
  );
}

/** The SDK's own runtime exists once per process and would write to the terminal. */
function quieten(): void {
  try {
    // Signals are the command's: the SDK would stop the worker on Ctrl-C and leave whoever plays waiting for it.
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  } catch {
    // Somebody in this process has set it up already, and it stays as they wanted it.
  }
}
