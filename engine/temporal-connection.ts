import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Places } from './find-places.ts';

/**
 * How to reach the Temporal of the running shop: address, TLS, API key and namespace of the environment
 * (`@temporalio/envconfig`: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…), and where it names
 * none, the engine of this checkout.
 */
export function temporalConnectionOf(places: Places) {
  const { connectionOptions, namespace = places.namespace ?? 'default' } = loadClientConnectConfig();
  // An empty setting is none, as everywhere in the environment.
  const address = connectionOptions.address === '' ? undefined : connectionOptions.address;
  return {
    connectionOptions: { ...connectionOptions, address: address ?? places.temporalAddress },
    namespace,
  };
}
