import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMessage } from '../../cli/new/create-message.ts';
import { checkout as ours } from '../kit/checkout.ts';

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'perennial-message-'));
  await mkdir(join(checkout, 'templates'));
  await cp(join(ours, 'templates/index.ts'), join(checkout, 'templates/index.ts'));
});
afterEach(() => rm(checkout, { recursive: true }));

function create(name: string) {
  return createMessage({ checkout, name, on: 'order.paid', channels: ['sms'], languages: ['en', 'ko'] });
}

const list = () => readFile(join(checkout, 'templates/index.ts'), 'utf8');

it('A new message is written in every language, listed, and comes with the call that sends it', async () => {
  const { files, call } = await create('care-reminder');
  expect(files).toEqual([
    'templates/care-reminder/message.ts',
    'templates/care-reminder/en/sms.hbs',
    'templates/care-reminder/ko/sms.hbs',
  ]);
  expect(call).toBe("await send('care-reminder', { order: order.order })");
  expect(await list()).toContain("'care-reminder': careReminder,");
});

it('A new message brings no journey and no test', async () => {
  await create('care-reminder');
  expect(await readdir(checkout)).toEqual(['templates']);
});

it('A new message is not written over one that is there', async () => {
  await create('care-reminder');
  const before = await list();
  await expect(create('care-reminder')).rejects.toMatchObject({ code: 'journey-exists' });
  expect(await list()).toBe(before);
});
