import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../config/environment.ts';
import { openChannels, openReceipts } from '../../open-channels.ts';

const sid = '0123456789abcdef'.repeat(2);
const whole = {
  TWILIO_ACCOUNT_SID: `AC${sid}`,
  TWILIO_AUTH_TOKEN: sid,
  TWILIO_MESSAGING_SERVICE_SID: `MG${sid}`,
  PUBLIC_URL: 'https://mail.shop.example',
};

it('reads a Twilio account', () => {
  const environment = readEnvironment({ ...whole, TWILIO_WHATSAPP_FROM: '+14155238886' });
  expect(environment.twilio).toEqual({
    accountSid: `AC${sid}`,
    authToken: sid,
    messagingServiceSid: `MG${sid}`,
    whatsAppFrom: '+14155238886',
  });
});

it('has no Twilio when nothing names it', () => {
  expect(readEnvironment({}).twilio).toBeUndefined();
});

describe('does not accept', () => {
  const without = (name: keyof typeof whole) => ({ ...whole, [name]: undefined });
  it.each([
    ['a token without its account', without('TWILIO_ACCOUNT_SID'), 'TWILIO_ACCOUNT_SID is missing'],
    ['an account without its token', without('TWILIO_AUTH_TOKEN'), 'TWILIO_AUTH_TOKEN is missing'],
    [
      'nobody who sends',
      without('TWILIO_MESSAGING_SERVICE_SID'),
      'TWILIO_WHATSAPP_FROM has to say who sends',
    ],
    ['a shop that cannot be called back', without('PUBLIC_URL'), 'PUBLIC_URL must be an address'],
    ['an underscore in the host', { ...whole, PUBLIC_URL: 'https://my_shop.example' }, 'PUBLIC_URL must'],
    [
      'an API key for an account',
      { ...whole, TWILIO_ACCOUNT_SID: `SK${sid}` },
      'TWILIO_ACCOUNT_SID must be the SID',
    ],
    [
      'a token in the clear',
      { ...whole, TWILIO_BASE_URL: 'http://10.0.0.1:4010' },
      'TWILIO_BASE_URL must begin with',
    ],
    [
      'a number without its country',
      { ...whole, TWILIO_WHATSAPP_FROM: '010-1234-5678' },
      'TWILIO_WHATSAPP_FROM must',
    ],
  ])('%s', (_, variables, problem) => {
    expect(() => readEnvironment(variables)).toThrow(problem);
  });

  it('and does not show what it was given', () => {
    expect(() => readEnvironment({ ...whole, TWILIO_AUTH_TOKEN: 'secret!' })).toThrow(
      /^(?!.*secret!).*TWILIO_AUTH_TOKEN/,
    );
  });
});

it('opens the channels that the account has, and reads their receipts', () => {
  const both = readEnvironment({ ...whole, TWILIO_WHATSAPP_FROM: '+14155238886' });
  expect(openChannels(both).map(({ connection }) => connection)).toEqual(['twilio-sms', 'twilio-whatsapp']);
  expect(openReceipts(both).map(({ connection }) => connection)).toEqual(['twilio-sms', 'twilio-whatsapp']);
  expect(openChannels(readEnvironment(whole)).map(({ medium }) => medium)).toEqual(['sms']);
});

it('needs no public address for a Twilio on this machine', () => {
  const { twilio, publicUrl } = readEnvironment({
    ...whole,
    PUBLIC_URL: undefined,
    TWILIO_BASE_URL: 'http://127.0.0.1:4010/',
  });
  expect(twilio?.baseUrl).toBe('http://127.0.0.1:4010');
  expect(publicUrl).toBe('http://127.0.0.1:8080');
});
