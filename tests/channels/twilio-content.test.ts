import { afterEach, beforeEach, expect, it } from 'vitest';
import { readContentTemplates } from '../../delivery/channels/twilio/read-content-templates.ts';
import { startTwilioServer, type TwilioServer } from '../kit/twilio-server.ts';
import { connectTo } from './twilio-channels.ts';

let server: TwilioServer;
beforeEach(async () => {
  server = await startTwilioServer();
});
afterEach(() => server.close());

it('lists the templates with what Meta says of them', async () => {
  const approved = server.addContent({ name: 'cart_reminder', body: 'Hello {{1}}' });
  const rejected = server.addContent({
    name: 'sale',
    language: 'ko',
    body: '세일',
    status: 'rejected',
    rejectionReason: 'too loud',
  });
  const draft = server.addContent({ name: 'draft', body: 'x', status: 'unsubmitted' });
  const strange = server.addContent({ name: 'strange', body: 'x', status: 'in-appeal', category: 'UTILITY' });
  expect(await readContentTemplates(connectTo(server))).toEqual([
    {
      contentSid: approved.sid,
      name: 'cart_reminder',
      language: 'en',
      status: 'approved',
      category: 'marketing',
      body: 'Hello {{1}}',
    },
    {
      contentSid: rejected.sid,
      name: 'sale',
      language: 'ko',
      status: 'rejected',
      category: 'marketing',
      rejection: 'too loud',
      body: '세일',
    },
    { contentSid: draft.sid, name: 'draft', language: 'en', status: 'unsubmitted', body: 'x' },
    {
      contentSid: strange.sid,
      name: 'strange',
      language: 'en',
      status: 'other',
      category: 'utility',
      body: 'x',
    },
  ]);
});

it('reads the list to its end, over several pages', async () => {
  for (let number = 0; number < 1100; number += 1)
    server.addContent({ name: `template_${number}`, body: 'x' });
  const names = (await readContentTemplates(connectTo(server))).map(({ name }) => name);
  expect(new Set(names).size).toBe(1100);
});

it('says so when the list cannot be read, instead of showing none', async () => {
  await expect(readContentTemplates(connectTo({ url: 'http://127.0.0.1:9' }))).rejects.toMatchObject({
    code: 'provider-unreachable',
    retryable: true,
  });
});
