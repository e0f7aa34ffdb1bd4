import { describe, expect, it } from 'vitest';
import { audit, type Booked, type Books, type Taken } from '../chaos/audit.ts';

const noon = Date.UTC(2026, 10, 23, 12);

const booked = (changes: Partial<Booked> = {}): Booked => ({
  id: 'one',
  sendKey: 'key-one',
  class: 'once',
  purpose: 'transactional',
  channel: 'sms',
  connection: 'twilio-sms',
  state: 'accepted',
  reason: null,
  lostAnswers: 0,
  suppressedAt: null,
  timeZone: 'Europe/London',
  ...changes,
});

const taken = (changes: Partial<Taken> = {}): Taken => ({
  sendId: 'one',
  connection: 'twilio-sms',
  at: noon,
  ...changes,
});

/** Books of one message that agree, but for what is changed. */
function books(row: Partial<Booked>, messages: readonly Taken[], changes: Partial<Books> = {}): Books {
  return { requested: ['key-one'], taken: messages, rows: [booked(row)], listed: [], ...changes };
}

const once = [taken()];
const twice = [taken(), taken()];

describe('the audit of the sending guarantee', () => {
  it.each<[string, Books]>([
    ['each message was taken once', books({}, once)],
    ['a must went twice because the first answer was lost', books({ class: 'must', lostAnswers: 1 }, twice)],
    ['an unknown is listed', books({ state: 'unknown' }, [], { listed: ['one'] })],
    ['it was refused for a reason', books({ class: 'must', state: 'skipped', reason: 'suppressed' }, [])],
    ['it waits for the morning', books({ state: 'deferred', reason: 'quiet-hours' }, [])],
    ['it was on its way when the address was suppressed', books({ suppressedAt: noon - 1000 }, once)],
  ])('finds nothing when %s', (_, inOrder) => {
    expect(audit(inOrder)).toEqual([]);
  });

  it.each<[string, string, Books]>([
    ['I1', 'a line of the provider is doubled', books({}, twice)],
    ['I1', 'a message under a key was taken twice', books({ class: 'keyed' }, twice)],
    ['I2', 'a must is lost', books({ class: 'must', state: 'failed' }, [])],
    ['I3', 'a must went twice and no answer was lost', books({ class: 'must' }, twice)],
    ['I3', 'a must went three times', books({ class: 'must', lostAnswers: 2 }, [...once, ...twice])],
    ['I4', 'the ledger calls accepted what nobody has', books({}, [])],
    ['I4', 'a provider has what the ledger lacks', books({}, [...once, taken({ sendId: 'other' })])],
    ['I4', 'a provider has a message without an id', books({}, [...once, taken({ sendId: undefined })])],
    ['I5', 'it went after its address was suppressed', books({ suppressedAt: noon - 60_000 }, once)],
    ['I6', 'an offer went at night', books({ purpose: 'marketing' }, [taken({ at: noon + 10 * 3_600_000 })])],
    ['I7', 'an unknown is not listed', books({ state: 'unknown' }, once)],
    ['I7', 'something is neither settled nor listed', books({ state: 'sending' }, once)],
    [
      'I7',
      'it waits for something else than the morning',
      books({ state: 'deferred', reason: 'provider-busy' }, []),
    ],
    ['I7', 'what was asked for is not in the ledger', books({}, once, { requested: ['key-one', 'key-two'] })],
    ['I8', 'it went by another connection', books({}, [taken({ connection: 'twilio-whatsapp' })])],
  ])('finds %s when %s', (invariant, _, wrong) => {
    const violations = audit(wrong);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(new RegExp(`^${invariant} `));
  });
});
