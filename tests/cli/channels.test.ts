import { describe, expect, it } from 'vitest';
import { showChannels } from '../../cli/show/channels.ts';
import { readEnvironment } from '../../config/environment.ts';
import { openChannels } from '../../open-channels.ts';

const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'f'.repeat(32),
  TWILIO_WHATSAPP_FROM: '+14155238886',
  PUBLIC_URL: 'https://mail.shop.example',
};

function linesFor(variables: Record<string, string>): string[] {
  const environment = readEnvironment(variables);
  return showChannels(openChannels(environment), '/outbox');
}

describe('what a start says of the channels', () => {
  it('names the folder for e-mail and text messages, and what WhatsApp lacks', () => {
    expect(linesFor({})).toEqual([
      'email     /outbox/index.html',
      'sms       /outbox/index.html',
      'whatsapp  not connected: set TWILIO_WHATSAPP_FROM; a simulation has it without',
    ]);
  });

  it('does not name the folder for e-mail that goes nowhere, because a provider was named for something else', () => {
    const [email, sms, whatsapp] = linesFor(twilio);
    expect(email).toContain('not connected: set SMTP_URL or SENDGRID_API_KEY, or PERENNIAL_OUTBOX');
    expect(sms).toContain('not connected');
    expect(whatsapp).toBe('whatsapp  by twilio-whatsapp');
  });

  it('names the folder beside a provider when it was asked for', () => {
    expect(linesFor({ ...twilio, PERENNIAL_OUTBOX: '/outbox' })[0]).toBe('email     /outbox/index.html');
  });
});
