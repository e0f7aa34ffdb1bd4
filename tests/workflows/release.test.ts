import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { journeyTypeName } from '../../domain/journey.ts';
import { messages } from '../../templates/index.ts';
import { listJourneys } from '../../workflows/list-journeys.ts';
import * as index from '../../workflows/index.ts';
import { abandonedCart } from '../../workflows/journeys/abandoned-cart.ts';
import { checkRecordedInputs } from '../../workflows/recorded-inputs.ts';
import { checkReleased, releaseJourneys } from '../../workflows/release.ts';
import { replayRecorded } from '../../workflows/replay.ts';
import { checkIndex, writeIndex } from '../../workflows/write-index.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const cart = 'workflows/journeys/abandoned-cart.ts';
const dispatcher = 'workflows/campaign-dispatcher.ts';

// A replayer tells of each state it passes through; only the findings matter here.
Runtime.install({ logger: new DefaultLogger('ERROR') });

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'perennial-release-'));
  await mkdir(join(checkout, 'workflows'));
  await cp(join(repository, 'workflows/journeys'), join(checkout, 'workflows/journeys'), { recursive: true });
  await writeFile(
    join(checkout, 'workflows/journey.ts'),
    `export * from '${join(repository, 'workflows/journey.ts')}';\n`,
  );
  await writeFile(
    join(checkout, 'workflows/campaign-dispatcher.ts'),
    `export * from '${join(repository, 'workflows/campaign-dispatcher.ts')}';\n`,
  );
  await symlink(join(repository, 'node_modules'), join(checkout, 'node_modules'));
  await writeIndex({ checkout });
});
afterEach(() => rm(checkout, { recursive: true }));

/** The dispatcher as a text of its own that can be edited, and not what only leads to the one of the repository. */
async function copyDispatcher(): Promise<void> {
  const text = await readFile(join(repository, dispatcher), 'utf8');
  await writeFile(join(checkout, dispatcher), text.replaceAll("from '../", `from '${repository}/`));
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const path = join(checkout, file);
  await writeFile(path, change(await readFile(path, 'utf8')));
}

const rulesOf = (findings: readonly { rule: string }[]) => findings.map(({ rule }) => rule);

describe('the list of journeys', () => {
  it('is written from the files, and then holds', async () => {
    expect(await readFile(join(checkout, 'workflows/index.ts'), 'utf8')).toBe(
      await readFile(join(repository, 'workflows/index.ts'), 'utf8'),
    );
    expect(await checkIndex({ checkout })).toEqual([]);
    expect(await writeIndex({ checkout })).toBe(false);
  });

  it('does not hold any more when a journey was renamed', async () => {
    await edit(cart, (text) => text.replace("'abandoned-cart'", "'forgotten-cart'"));
    expect(rulesOf(await checkIndex({ checkout }))).toEqual(['journey-index-stale']);
  });

  it('names a file that defines a journey a second time', async () => {
    await cp(join(checkout, cart), join(checkout, 'workflows/journeys/copy.ts'));
    expect(await checkIndex({ checkout })).toMatchObject([
      { file: 'workflows/journeys/copy.ts', rule: 'journey-twice' },
    ]);
  });

  it('names a file that cannot be loaded', async () => {
    await edit(cart, (text) => text.replace("'4 hours',", "'-4 hours' as never,"));
    expect(await checkIndex({ checkout })).toMatchObject([{ file: cart, rule: 'unreadable' }]);
  });

  it('gives intake the definitions, and refuses an export under a wrong name', () => {
    const names = listJourneys(index).map(journeyTypeName);
    expect(names).toEqual(expect.arrayContaining(['abandoned-cart@1', 'abandoned-checkout@1']));
    expect(names.toSorted()).toEqual(
      Object.keys(index)
        .filter((name) => name.includes('@'))
        .toSorted(),
    );
    const wrong = { 'abandoned-cart@2': abandonedCart };
    expect(() => listJourneys(wrong)).toThrow(/exported as "abandoned-cart@2"/);
  });
});

describe('a release', () => {
  it('locks what is there, and a second one changes nothing', async () => {
    const first = await releaseJourneys({ checkout });
    expect(first.released).toEqual([...listJourneys(index).map(journeyTypeName), 'campaign']);
    expect(await releaseJourneys({ checkout })).toEqual({ released: [], relocked: [], retired: [] });
    expect(await checkReleased({ checkout })).toEqual([]);
  });

  it('is not needed for journeys that were never released', async () => {
    await edit(cart, (text) => text.replace("'20 hours'", "'30 hours'"));
    expect(await checkReleased({ checkout })).toEqual([]);
  });

  it('does not let a released story be edited', async () => {
    await releaseJourneys({ checkout });
    await edit(cart, (text) => text.replace("'20 hours'", "'30 hours'"));
    const [finding] = await checkReleased({ checkout });
    expect(finding).toMatchObject({ file: cart, rule: 'released-journey-edited' });
    expect(finding?.sentence).toContain('write version 2');
    await expect(releaseJourneys({ checkout })).rejects.toMatchObject({ code: 'released-journey-edited' });
  });

  it('does not let the dispatcher of campaigns be edited unseen', async () => {
    await copyDispatcher();
    await releaseJourneys({ checkout });
    await edit(dispatcher, (text) => text.replace('const lanes = 4;', 'const lanes = 8;'));
    const [finding, ...others] = await checkReleased({ checkout });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ file: dispatcher, rule: 'released-journey-edited' });
    expect(finding?.sentence).toContain('campaigns may be in the middle of it');
  });

  it('sees an edit in a file that the story imports', async () => {
    await releaseJourneys({ checkout });
    await edit('workflows/journeys/cart-parts.ts', (text) => `${text}// More.\n`);
    expect(rulesOf(await checkReleased({ checkout }))).toEqual([
      'released-journey-edited',
      'released-journey-edited',
    ]);
  });

  it('does not mind a released story in another file', async () => {
    await releaseJourneys({ checkout });
    await rename(join(checkout, cart), join(checkout, 'workflows/journeys/abandoned-cart-1.ts'));
    expect(await checkReleased({ checkout })).toEqual([]);
  });

  it('does not let a released journey be renamed, counted up in place or removed', async () => {
    await releaseJourneys({ checkout });
    await edit(cart, (text) => text.replace('version: 1', 'version: 2'));
    expect(rulesOf(await checkReleased({ checkout }))).toEqual(['released-journey-missing']);
    await expect(releaseJourneys({ checkout })).rejects.toMatchObject({ code: 'released-journey-missing' });
  });

  it('lets a version go that is retired', async () => {
    await releaseJourneys({ checkout });
    await rm(join(checkout, cart));
    const { retired } = await releaseJourneys({ checkout, retire: ['abandoned-cart@1'] });
    expect(retired).toEqual(['abandoned-cart@1']);
    expect(await checkReleased({ checkout })).toEqual([]);
  });
});

describe('what recorded runs pass to messages', () => {
  it('still fits the messages that ship', async () => {
    expect(await checkRecordedInputs({ checkout: repository, messages })).toEqual([]);
  });

  it('is found not to fit a message whose input was changed', async () => {
    const changed = { ...messages, 'cart-reminder': { input: z.strictObject({ basket: z.uuid() }) } };
    const [finding, ...others] = await checkRecordedInputs({ checkout: repository, messages: changed });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ file: 'templates/cart-reminder/message.ts', rule: 'input-changed' });
    expect(finding?.sentence).toContain('abandoned-cart@1');
  });

  it('may be taken more widely than before', async () => {
    const wider = z.strictObject({ cart: z.uuid(), tone: z.string().optional() });
    const changed = { ...messages, 'cart-reminder': { input: wider } };
    expect(await checkRecordedInputs({ checkout: repository, messages: changed })).toEqual([]);
  });

  it('is found when its message is gone', async () => {
    const { 'cart-reminder': gone, ...others } = messages;
    expect(gone.name).toBe('cart-reminder');
    expect(await checkRecordedInputs({ checkout: repository, messages: others })).toHaveLength(1);
  });
});

describe('recorded histories', () => {
  beforeEach(() =>
    cp(join(repository, 'tests/histories'), join(checkout, 'tests/histories'), { recursive: true }),
  );

  it('replay with the stories that ship', async () => {
    const results = await replayRecorded({ checkout: repository });
    expect(results.map(({ run }) => run)).toEqual(
      expect.arrayContaining(['abandoned-cart@1-replied', 'campaign-handed-over', 'campaign-taken-over']),
    );
    expect(results.filter(({ difference }) => difference !== undefined)).toEqual([]);
  });

  it('do not replay with a story that does something else', async () => {
    await edit(cart, (text) => text.replace("await idleFor('24 hours'", "await idleFor('30 hours'"));
    const results = await replayRecorded({ checkout, of: 'abandoned-cart@1' });
    expect(results.some(({ difference }) => difference?.includes('TMPRL1100'))).toBe(true);
  });

  it.each([
    ['sends in other lanes', 'const lanes = 4;', 'const lanes = 3;'],
    [
      'waits for something else',
      'await condition(() => stirred, Math.max',
      'await condition(() => false, Math.max',
    ],
  ])('do not let a dispatcher of campaigns be released that %s', async (_, now, then) => {
    await copyDispatcher();
    await releaseJourneys({ checkout });
    await edit(dispatcher, (text) => text.replace(now, then));
    await expect(releaseJourneys({ checkout })).rejects.toMatchObject({
      code: 'released-journey-edited',
      cause: expect.stringContaining('TMPRL1100'),
    });
  });

  it('let the dispatcher of campaigns be edited where that changes no run', async () => {
    await copyDispatcher();
    await releaseJourneys({ checkout });
    await edit(dispatcher, (text) => `// Somebody explained something.\n${text}`);
    expect((await releaseJourneys({ checkout })).relocked).toEqual(['campaign']);
    expect(await checkReleased({ checkout })).toEqual([]);
  });

  it('let an edit be released that changes no run', async () => {
    await releaseJourneys({ checkout });
    await edit(cart, (text) => `// Somebody explained something.\n${text}`);
    expect((await releaseJourneys({ checkout })).relocked).toEqual(['abandoned-cart@1']);
    expect(await checkReleased({ checkout })).toEqual([]);
  });

  it('do not let an edit be released that would strand a run', async () => {
    await releaseJourneys({ checkout });
    await edit(cart, (text) => text.replace("await idleFor('24 hours'", "await idleFor('30 hours'"));
    await expect(releaseJourneys({ checkout })).rejects.toMatchObject({ code: 'released-journey-edited' });
  });
});
