import type { ChannelName } from '../../domain/channel-name.ts';
import type { SendFacts } from './send-facts.ts';

type Scope = SendFacts['pauses'][number];

/** Does a pause of this scope concern the message? */
export function concerns({ scope, name }: Scope, origin: SendFacts['origin'], channel: ChannelName): boolean {
  return (
    scope === 'everything' ||
    (scope === origin.kind && name === origin.name) ||
    (scope === 'channel' && name === channel)
  );
}
