import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openCommandShop } from './run-perennial.ts';

it('The preview of a message names the channel in its file, so that it does not write over another', async () => {
  const shop = await openCommandShop();
  try {
    const folder = shop.path('previews');
    for (const channel of ['email', 'sms']) {
      await shop.run('preview', 'review-request', '--language', 'en', '--channel', channel, '--out', folder);
    }
    expect((await readdir(folder)).sort()).toEqual(['review-request.en.html', 'review-request.en.sms.txt']);

    const unwritten = await shop.run('preview', 'review-request', '--channel', 'whatsapp');
    expect(unwritten).toMatchObject({ exitCode: 1, noted: expect.stringContaining('/en/whatsapp.json.') });
  } finally {
    await shop.close();
  }
});
