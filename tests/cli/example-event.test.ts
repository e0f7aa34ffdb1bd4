import { describe, expect, it } from 'vitest';
import { exampleEvent } from '../../cli/example-event.ts';
import { sentEvents } from '../../domain/events/sent-events.ts';
import { parseEvents } from '../../intake/parse-event.ts';

const noon = Date.parse('2026-03-02T12:00:00Z');

describe('the example of an event', () => {
  it.each(sentEvents())('of %s is accepted as it stands', (name) => {
    expect(parseEvents([exampleEvent(name, noon)])).toHaveLength(1);
  });

  it('is another event at another moment, and the same at the same', () => {
    const ids = [noon, noon, noon + 1000].map((at) => exampleEvent('cart.updated', at).id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('of a customer has an address, a language and the time zone of this machine', () => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(exampleEvent('customer.updated', noon).data).toMatchObject({
      email: 'mina@example.com',
      locale: 'en-GB',
      timeZone,
    });
  });

  it.each([
    ['order.delivered', '"order.delivered" follows from "shipment.delivered"; send that.'],
    ['cart.superseded', '"cart.superseded" follows from "cart.updated"; send that.'],
    ['order.payed', 'There is no event "order.payed".'],
  ])('is not made of %s, which cannot be sent', (name, words) => {
    expect(() => exampleEvent(name, noon)).toThrow(
      expect.objectContaining({ code: 'event-unknown-type', message: expect.stringContaining(words) }),
    );
  });
});

describe('an event that follows from another', () => {
  it('is refused, and the error names the one to send', () => {
    const event = { id: 'e-1', type: 'order.delivered', occurredAt: '2026-03-02T12:00:00Z', data: {} };
    expect(() => parseEvents([event])).toThrow('it follows from "shipment.delivered"; send that');
  });
});
