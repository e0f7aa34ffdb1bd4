import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../config/environment.ts';
import { openChannels, openReceipts } from '../../open-channels.ts';
import { webhookKey } from '../kit/sendgrid/signed-post.ts';

const key = 'SG.abc.def-_1';
const { publicKey } = webhookKey();

const connectionsOf = (variables: Record<string, string>) =>
  openChannels(readEnvironment(variables)).map(({ connection, medium }) => `${medium} by ${connection}`);

describe('the settings of SendGrid', () => {
  it('are none unless they are given', () => {
    expect(readEnvironment({})).not.toHaveProperty('sendgrid');
    expect(readEnvironment({ SENDGRID_BASE_URL: 'https://api.sendgrid.com' })).not.toHaveProperty('sendgrid');
  });

  it('are the key, the address and the key of the webhook', () => {
    const variables = {
      SENDGRID_API_KEY: key,
      SENDGRID_BASE_URL: 'https://api.eu.sendgrid.com/',
      SENDGRID_WEBHOOK_KEY: publicKey,
    };
    expect(readEnvironment(variables).sendgrid).toEqual({
      apiKey: key,
      baseUrl: 'https://api.eu.sendgrid.com',
      webhookKey: publicKey,
    });
  });

  it('let a server listen that must not send', () => {
    const environment = readEnvironment({ SENDGRID_WEBHOOK_KEY: publicKey });
    expect(openReceipts(environment).map(({ connection }) => connection)).toEqual(['sendgrid']);
    expect(openReceipts(readEnvironment({ SENDGRID_API_KEY: key }))).toEqual([]);
  });

  it.each([
    [{ SENDGRID_API_KEY: 'abc' }, 'SENDGRID_API_KEY must be an API key'],
    [{ SENDGRID_API_KEY: 'SG.abc\r\nX: y' }, 'SENDGRID_API_KEY must be an API key'],
    [{ SENDGRID_BASE_URL: 'http://api.sendgrid.com' }, 'SENDGRID_BASE_URL must begin with https://'],
    [{ SENDGRID_BASE_URL: 'http://127.0.0.1:x@sendgrid.com' }, 'SENDGRID_BASE_URL must be'],
    [{ SENDGRID_BASE_URL: 'http://127.0.0.1@sendgrid.com' }, 'SENDGRID_BASE_URL must begin with https://'],
    [{ SENDGRID_BASE_URL: 'sendgrid' }, 'SENDGRID_BASE_URL must be a URL'],
    [{ SENDGRID_WEBHOOK_KEY: `${publicKey}x` }, 'SENDGRID_WEBHOOK_KEY must be the verification key'],
    [{ SENDGRID_API_KEY: key, SMTP_URL: 'smtp://mail.example' }, 'SMTP_URL and SENDGRID_API_KEY'],
  ])('are refused by name when they are wrong, without their values: %j', (variables, words) => {
    expect(() => readEnvironment(variables)).toThrow(
      expect.objectContaining({ code: 'environment-invalid', message: expect.stringContaining(words) }),
    );
  });

  it('may be those of a server on this machine, without TLS', () => {
    const local = { SENDGRID_API_KEY: key, SENDGRID_BASE_URL: 'http://127.0.0.1:4020' };
    expect(readEnvironment(local).sendgrid?.baseUrl).toBe('http://127.0.0.1:4020');
  });
});

describe('the channels that the environment opens', () => {
  it('are the folder, when nothing is said', () => {
    expect(connectionsOf({})).toEqual(expect.arrayContaining(['email by outbox', 'sms by outbox']));
  });

  it('are no folder any more beside a provider, unless it was asked for', () => {
    expect(connectionsOf({ SENDGRID_API_KEY: key })).toEqual(['email by sendgrid']);
    expect(connectionsOf({ SMTP_URL: 'smtp://mail.example' })).toEqual(['email by smtp']);
    const withFolder = connectionsOf({ SENDGRID_API_KEY: key, PERENNIAL_OUTBOX: '/tmp/outbox' });
    expect(withFolder).toContain('sms by outbox');
    expect(withFolder).not.toContain('email by outbox');
  });
});
