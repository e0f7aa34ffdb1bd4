import { expect, it } from 'vitest';
import { throttled } from '../../delivery/channels/channel.ts';
import { consequenceOf } from '../../delivery/ledger/consequence.ts';
import type { AttemptRow } from '../../delivery/ledger/load-ledger-rows.ts';
import { hour, tenOClock } from './delivery-shop.ts';

const putOff = (code: string): AttemptRow => ({
  attempt: 1,
  channel: 'email',
  connection: 'listening-email',
  state: 'throttled',
  startedAt: tenOClock,
  code,
  leaseUntil: null,
  fingerprint: null,
});

function waitAfter(...codes: readonly string[]): number {
  const { until } = consequenceOf(throttled(1000, '429'), {
    now: tenOClock,
    usefulUntil: tenOClock + hour,
    class: 'once',
    delivery: 'a-delivery',
    channel: 'email',
    startedAt: tenOClock,
    attemptsBefore: codes.map(putOff),
  });
  return (until ?? 0) - tenOClock;
}

it('makes a message wait twice as long for each time that its provider put it off', () => {
  expect([waitAfter(), waitAfter('429'), waitAfter('429', '503')]).toEqual([5000, 10_000, 20_000]);
});

it('makes it wait no longer for what the engine itself held back', () => {
  expect(waitAfter('permit-over', 'lease-over')).toBe(5000);
});
