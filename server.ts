import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from './client/create-client.ts';
import { createClickFinder } from './client/find-click.ts';
import { createPreferences } from './client/preferences.ts';
import { createRating } from './client/rating.ts';
import { createSharedProductFinder } from './client/shared-product.ts';
import { createUnsubscribe } from './client/unsubscribe.ts';
import { openPrivateServer } from './cli/open-private-server.ts';
import { runUntilStopped } from './cli/process-life.ts';
import { readEnvironment } from './config/environment.ts';
import { createLog } from './config/log.ts';
import { readSecret } from './config/secret.ts';
import { systemClock } from './config/system-clock.ts';
import { clickDomainsOf } from './delivery/click-links.ts';
import { createLinks } from './delivery/links.ts';
import { noticeOfClick, ownLinks } from './dispatch/inbox/own-clicks.ts';
import { createInbox } from './dispatch/inbox/create-inbox.ts';
import { findPlaces } from './engine/find-places.ts';
import { createHttp } from './http/create-http.ts';
import { clickRoutes } from './http/clicks.ts';
import { hookRoutes } from './http/hooks.ts';
import { preferenceRoutes } from './http/preferences.ts';
import { ratingRoutes } from './http/rating.ts';
import { shareRoutes } from './http/share.ts';
import { unsubscribeRoutes } from './http/unsubscribe.ts';
import { createIntake } from './intake/create-intake.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { watchTracking } from './metrics/watch-tracking.ts';
import { openReceipts } from './open-channels.ts';
import shop from './perennial.config.ts';
import { openDatabase } from './store/database.ts';
import { assertMigrated } from './store/migrate.ts';
import * as journeyModules from './workflows/index.ts';
import { listJourneys } from './workflows/list-journeys.ts';

/**
 * The process that listens: events from the shop, receipts from providers, unsubscribe pages for customers. Any number may
 * run behind a load balancer. It never talks to Temporal: what it accepts is in the database, and a worker carries it on.
 */
await runUntilStopped('server', async () => {
  const environment = readEnvironment();
  const log = createLog('server', environment.logLevel);
  const { databaseUrl } = await findPlaces(environment);
  const db = openDatabase({ url: databaseUrl, connections: 20, applicationName: 'perennial-server' });
  await assertMigrated(db);

  const clock = systemClock;
  const journeys = listJourneys(journeyModules);
  const intake = createIntake({ db, journeys, clock, home: shop.home });
  const links = createLinks({
    publicUrl: environment.publicUrl,
    secret: await readSecret(environment),
    formerSecrets: environment.formerSecrets,
    clickDomains: clickDomainsOf(shop),
  });
  const inbox = createInbox({ db, intake, clock, log });
  const unsubscribe = createUnsubscribe({ db, intake, clock });
  const metrics = createMetrics();
  let isStopping = false;
  const client = createClient({ db, intake, journeys, clock, whereabouts: async () => undefined });
  const assertReady = async () => {
    if (isStopping) throw new Error('the server is stopping');
    await client.assertReady();
  };
  const app = await createHttp({
    client: { ...watchTracking(client, metrics), assertReady },
    log,
    onAnswer: ({ route, status, ms }) =>
      metrics.time(
        'perennial_http_request_seconds',
        { route, status: `${Math.floor(status / 100)}xx` },
        ms / 1000,
      ),
    plugins: [
      unsubscribeRoutes({
        verify: (token) => links.verifyUnsubscribe(token),
        ...unsubscribe,
        preferencesOf: (customer) => links.preferences(customer),
        brand: shop.brand.name,
      }),
      preferenceRoutes({
        verify: (token) => links.verifyPreferences(token),
        preferences: createPreferences({ db, intake, clock, shop, withdraw: unsubscribe.withdraw }),
        brand: shop.brand.name,
      }),
      shareRoutes({
        verify: (token) => links.verifyShare(token),
        find: createSharedProductFinder({ db, clock }),
        brand: shop.brand,
      }),
      ratingRoutes({
        verify: (token) => links.verifyRating(token),
        ...createRating({ db, intake, clock }),
        brand: shop.brand.name,
      }),
      clickRoutes({
        find: createClickFinder({ db, read: links.clicks.read, isShops: links.clicks.isShops }),
        keep: (click) => inbox.keep(ownLinks, [noticeOfClick(click)]),
        clock,
        brand: shop.brand.name,
        log,
      }),
      hookRoutes({
        receipts: openReceipts(environment),
        keep: (connection, notices) => inbox.keep(connection, notices),
        publicUrl: environment.publicUrl,
        clock,
        log,
      }),
    ],
  });
  await app.listen({ host: environment.host, port: environment.port });
  const closePrivate = await openPrivateServer({
    port: environment.privatePorts.server,
    host: environment.privateHost,
    assertReady,
    metrics,
    log,
  });
  const closed = new Promise<void>((resolve) => app.server.once('close', resolve));

  return {
    ended: closed,
    async stop() {
      // Who shares out the requests has to notice first; until then they are served.
      isStopping = true;
      await sleep(environment.drainMs);
      await app.close();
      await closePrivate();
      await db.destroy();
    },
  };
});
