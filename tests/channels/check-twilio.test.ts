import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkTwilio } from '../../delivery/channels/twilio/check-twilio.ts';
import { startTwilioServer, twilioAccount, type TwilioServer } from '../kit/twilio-server.ts';

let server: TwilioServer;
beforeEach(async () => {
  server = await startTwilioServer();
});
afterEach(() => server.close());

const { messagingServiceSid } = twilioAccount;
const account = () => ({ ...twilioAccount, baseUrl: server.url });

it('finds an account ready, and sends nothing', async () => {
  expect(await checkTwilio(account(), [messagingServiceSid])).toEqual({ kind: 'ready' });
  expect(server.requests).toBe(0);
});

it("finds that the token is not the account's", async () => {
  const wrong = { ...account(), authToken: '0'.repeat(32) };
  expect(await checkTwilio(wrong, [])).toEqual({ kind: 'token-refused', status: 401 });
});

it('finds that the account does not have the service', async () => {
  const service = `MG${'f'.repeat(32)}`;
  expect(await checkTwilio(account(), [messagingServiceSid, service])).toEqual({
    kind: 'service-unknown',
    service,
  });
});

it('finds that nobody is there', async () => {
  const check = await checkTwilio({ ...account(), baseUrl: 'http://127.0.0.1:9' }, []);
  expect(check).toEqual({ kind: 'unreachable', code: 'ECONNREFUSED' });
});
