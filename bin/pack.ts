// Packs the journeys and compiles the templates into the cache of this checkout, so that processes of an image that
// cannot be written start at once. `node --import tsx bin/pack.ts`
import { fileURLToPath } from 'node:url';
import { loadTemplatesOf } from '../delivery/rendering/load-templates.ts';
import { bundleJourneys } from '../workflows/bundle.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
await Promise.all([bundleJourneys(), loadTemplatesOf(checkout)]);
