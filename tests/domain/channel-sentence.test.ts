import { describe, expect, it } from 'vitest';
import type { ChannelName } from '../../domain/channel-name.ts';
import { channelSentence } from '../../domain/channel-sentence.ts';
import type { GateTrace, SkipReason } from '../../domain/delivery.ts';

function refusal(channel: ChannelName, reason: SkipReason, saw: GateTrace['saw'] = {}): GateTrace {
  return { gate: 'some-gate', channel, verdict: 'skip', reason, saw };
}

describe('the reason of a message that went by no channel', () => {
  it('names each channel, with what stopped that one', () => {
    const gates = [
      refusal('whatsapp', 'unreachable', { address: 'valid', connected: false }),
      refusal('email', 'no-consent', { consent: 'none' }),
    ];
    expect(channelSentence('no-consent', gates)).toBe('whatsapp is not connected here; no consent for email');
  });

  it.each([
    ['unreachable', { address: 'none', connected: true }, 'no address for sms'],
    ['unreachable', { address: 'none', connected: false }, 'no address for sms'],
    ['unreachable', { address: 'invalid', connected: true }, 'the address for sms does not work'],
    [
      'unreachable',
      { address: 'valid', connected: true, refused: '30006' },
      'the provider of sms refused it',
    ],
    ['no-consent', { consent: 'withdrawn' }, 'consent for sms was withdrawn'],
    ['suppressed', { of: 'address' }, 'the address is suppressed for sms'],
    ['not-allowed-there', { numberCountry: 'US' }, 'no marketing may go by sms to numbers of US'],
    ['not-on-allow-list', {}, 'the address for sms is not on the allow-list'],
  ] as const)('by %s, when the gate saw %o, is "%s"', (reason, saw, sentence) => {
    expect(channelSentence(reason, [refusal('sms', reason, saw)])).toBe(sentence);
  });

  it('tells of a channel what stopped it first, not what else would have', () => {
    const gates = [
      refusal('sms', 'unreachable', { address: 'none', connected: true }),
      refusal('sms', 'no-consent', { consent: 'none' }),
    ];
    expect(channelSentence('unreachable', gates)).toBe('no address for sms');
  });

  it('does not speak of channels when something else decided', () => {
    const gates = [refusal('sms', 'no-consent', { consent: 'none' })];
    expect(channelSentence('journey-ended', gates)).toBeUndefined();
    expect(channelSentence('paused', [refusal('sms', 'paused')])).toBeUndefined();
    expect(channelSentence('no-consent', [])).toBeUndefined();
  });
});
