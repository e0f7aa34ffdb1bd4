import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../domain/finding.ts';
import { checkStories } from '../../lint/check-stories.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

interface Parts {
  readonly head?: string;
  readonly definition?: string;
  readonly story?: string;
}

/** A story in which one thing is as the test says; the rest is right. Its own lines are 2, 6 and 8. */
function textOf({ head = '', definition = '', story = '' }: Parts): string {
  return `import { defineJourney } from '../journey.ts';
${head}
export const story = defineJourney(
  {
    name: 'story', version: 1, startsOn: 'cart.updated', key: (cart) => cart.cycle, reentry: 'once-per-key',
    endsOn: ['order.placed'], wakesOn: ['message.replied'], ${definition}
  }, async (cart, { sleep, send, waitFor, collect, choose, now, exit }) => {
    ${story}
    return exit('done');
  },
);
`;
}

/** Mistakes, each with the rule that finds it and words that its sentence must hold. */
const mistakes: readonly [string, Parts, string, readonly string[]][] = [
  ['Date.now', { story: 'const at = Date.now();' }, 'no-outside', ['Date.now()', 'now()']],
  ['new Date', { story: 'const at = new Date();' }, 'no-outside', ['new Date()', 'now()']],
  ['Math.random', { story: 'if (Math.random() < 0.5) return exit("a");' }, 'no-outside', ['choose(']],
  ['a timer of its own', { story: 'setTimeout(() => undefined, 5);' }, 'no-outside', ["sleep('4 hours')"]],
  ['a call to another system', { story: 'await fetch("https://x");' }, 'no-outside', ['fetch()']],
  ['the environment', { story: 'return exit(process.env.X);' }, 'no-outside', ['perennial.config.ts']],
  ['a Node import', { head: "import { readFile } from 'node:fs/promises';" }, 'imports', ['belongs to Node']],
  ['a package', { head: "import { chunk } from 'lodash';" }, 'imports', ['"lodash" is a package']],
  ['another folder', { head: "import { x } from '../../store/x.ts';" }, 'imports', ['not beside this file']],
  ['a dynamic import', { story: "await import('node:fs');" }, 'imports', ['belongs to Node']],
  ['a forgotten await', { story: "sleep('4 hours');" }, 'await-verbs', ['await sleep(']],
  [
    'an answer without await',
    { story: "const r = send('cart-reminder', cart);" },
    'await-verbs',
    ['await send('],
  ],
  ['an exit that is not returned', { story: "exit('early');" }, 'await-verbs', ['return exit(']],
  [
    'an undeclared event',
    { story: "await waitFor('order.paid', '4 hours');" },
    'declared-events',
    ["'order.paid'"],
  ],
  [
    'an undeclared gathering',
    { story: "await collect('order.paid', { for: '1 day' });" },
    'declared-events',
    ['wakesOn'],
  ],
  [
    'an unknown message',
    { story: "await send('cart-remindr', cart);" },
    'known-messages',
    ['cart-reminder,'],
  ],
  ['a misspelt duration', { story: "await sleep('4 huors');" }, 'durations', ['"4 huors"', "'4 hours'"]],
  [
    'a negative duration',
    { story: "await waitFor('message.replied', '-4 hours');" },
    'durations',
    ['"-4 hours"'],
  ],
  ['a misspelt start', { definition: "startsAfter: '4hours'," }, 'durations', ['"4hours"']],
];

const fine: readonly [string, Parts][] = [
  ['a date made from an instant', { story: 'const day = new Date(cart.at).getUTCDay();' }],
  ['types from elsewhere', { head: "import type { Money } from '../../domain/money.ts';" }],
  ['a file beside it', { head: "import { lastCartActivity } from './cart-parts.ts';" }],
  ['several verbs at once', { story: "await Promise.all([sleep('1 day'), send('cart-reminder', cart)]);" }],
  [
    'a verb in a condition',
    { story: "if (await waitFor('message.replied', '1 day')) return exit('replied');" },
  ],
  [
    'other text that looks like a duration',
    { story: "if (choose('4 huors', { a: 1 })) return exit('4 huors');" },
  ],
];

describe('the rules for stories', () => {
  const found = new Map<string, Finding[]>();

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-stories-'));
    try {
      const cases = [...mistakes, ...fine].map(([name, parts]) => [name, parts] as const);
      await Promise.all(cases.map(([name, parts]) => writeFile(join(folder, `${name}.ts`), textOf(parts))));
      for (const finding of await checkStories({ checkout, folder })) {
        const name = basename(finding.file, '.ts');
        found.set(name, [...(found.get(name) ?? []), finding]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(mistakes)('find %s, with its place and what to do', (name, parts, rule, words) => {
    const [finding, ...others] = found.get(name) ?? [];
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule, line: parts.head ? 2 : parts.definition ? 6 : 8 });
    expect(finding?.column).toBeGreaterThan(0);
    for (const word of words) expect(finding?.sentence).toContain(word);
  });

  it.each(fine)('let %s be', (name) => {
    expect(found.get(name)).toBeUndefined();
  });

  it('are kept by the journeys that ship', async () => {
    expect(await checkStories({ checkout })).toEqual([]);
  });
});
