import { inspect } from 'node:util';
import { eventCatalogue, type EventName } from '../../domain/events/catalogue.ts';
import { eventToSendFor } from '../../domain/events/sent-events.ts';
import type { ChannelName } from '../../domain/channel-name.ts';
import type { JourneyName } from './journey-name.ts';
import type { JourneyOutline } from './journey-outline.ts';

/** The file of the journey's test: once it sends, and once it does not. */
export function testText(
  { name, title }: JourneyName,
  { event, endsOn }: JourneyOutline,
  channel: ChannelName,
): string {
  const [end = 'order.placed'] = endsOn;
  const { field, value, words } = addressFor[channel];
  return `import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../domain/duration.ts';
import type { WorldEvent } from '../../simulation/world.ts';
import { useWorlds } from '../kit/world.ts';

// On its own, so that no other journey competes for the customer.
const openWorld = useWorlds({ only: ['${name}'] });
const customerId = 'c-1001';
/** startsAfter of the journey. */
const due = '30 minutes';

/** Somebody who has an address and agreed to ${words}, and what starts the journey. */
const start: WorldEvent[] = [
  { type: 'customer.updated', customerId, data: { ${field}: '${value}', country: 'GB', timeZone: 'Europe/London' } },
  {
    type: 'consent.changed',
    customerId,
    data: { channel: '${channel}', purpose: 'marketing', state: 'granted', basis: 'checkout box' },
  },
  ${eventText(event)},
];

describe('${title}', () => {
  it('sends its message some time after ${event}, and not before', async () => {
    const world = await openWorld('2026-03-02T10:00:00Z');
    await world.track(start);

    await world.advanceTo(world.now() + parseDuration(due) - parseDuration('1 minute'));
    expect(world.outbox()).toEqual([]);

    await world.advance('1 minute');
    expect(world.outbox()).toMatchObject([{ message: '${name}', to: '${value}' }]);
  });

  it('sends nothing after ${end}', async () => {
    const world = await openWorld('2026-03-02T10:00:00Z');
    await world.track(start);
    await world.advance('1 minute');

    await world.track(${eventText(end)});
    await world.advance(due);
    await world.advance('3 days');
    expect(world.outbox().filter(({ message }) => message === '${name}')).toEqual([]);
  });
});
`;
}

/** A number from a range that is kept for stories. */
const phone = { field: 'phone', value: '+447700900123' };
const addressFor: Readonly<
  Record<ChannelName, { readonly field: string; readonly value: string; readonly words: string }>
> = {
  email: { field: 'email', value: 'mina@example.com', words: 'e-mail' },
  sms: { ...phone, words: 'text messages' },
  whatsapp: { ...phone, words: 'WhatsApp messages' },
};

/** The catalogue's example of an event, or of the one from which it follows, as code. */
function eventText(name: EventName): string {
  const event = eventToSendFor(name);
  const data = inspect(eventCatalogue[event].example, { depth: null, compact: 8, breakLength: Infinity });
  return `{ type: '${event}', customerId, data: ${data} }`;
}
