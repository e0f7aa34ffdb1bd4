import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { mutants, type Mutant } from './mutants.ts';
import { patternOf } from './pattern-of.ts';

/**
 * `npm run test:mutants [words]`: takes out one guard at a time, in a copy of the checkout, and runs the tests that
 * watch over it. A mutant that no test kills is a promise that nobody holds: the exit code is then 1.
 *
 * Words choose the mutants whose names hold one of them; words in quotes stay together.
 */
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const longestRunMs = 240_000;
/** For the first run, which is of all the tests together. */
const longestPerFileMs = 60_000;
const run = promisify(execFile);

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = mutants.filter(
  ({ guard }) => words.length === 0 || words.some((word) => guard.toLowerCase().includes(word)),
);

async function main(copy: string): Promise<number> {
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
  console.log(`Checking ${chosen.length} guards. First, the tests with all of them in place …`);
  const healthy = await runTests(copy, tests, {
    timeout: Math.max(longestRunMs, tests.length * longestPerFileMs),
    // Here, a busy machine must not pass for a missing guard.
    options: ['--retry=2'],
  });
  if (healthy.failed.length > 0) {
    console.log(`They fail already, so nothing can be said about guards:\n  ${healthy.failed.join('\n  ')}`);
    return 1;
  }
  let survivors = 0;
  for (const mutant of chosen) {
    const begun = performance.now();
    const { failed } = await withEdits(copy, mutant, () => runTests(copy, mutant.tests));
    const [first] = failed;
    if (first === undefined) survivors++;
    const took = `${Math.round((performance.now() - begun) / 1000)} s`;
    console.log(
      first === undefined
        ? `SURVIVED  ${mutant.guard} (${took})`
        : `killed    ${mutant.guard} (${took})\n          by: ${first}`,
    );
  }
  console.log(
    survivors === 0
      ? 'Every guard is watched.'
      : `${survivors} of ${chosen.length} guards can go missing unnoticed.`,
  );
  return survivors === 0 ? 0 : 1;
}

/** The files that belong to the checkout, as they are now, beside the same dependencies. */
async function copyOfCheckout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-mutants-'));
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of stdout.split('\n').filter((line) => line !== '')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    // A file that was deleted and not committed yet is in the list and not there.
    await cp(join(checkout, file), join(folder, file)).catch(() => undefined);
  }
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function withEdits<T>(copy: string, { guard, edits }: Mutant, work: () => Promise<T>): Promise<T> {
  const originals = new Map<string, string>();
  try {
    for (const { file, find, replace } of edits) {
      const path = join(copy, file);
      const text = await readFile(path, 'utf8');
      if (!originals.has(path)) originals.set(path, text);
      const pattern = patternOf(find);
      const found = text.match(pattern)?.length ?? 0;
      if (found !== 1)
        throw new Error(
          `"${guard}" does not fit ${file} any more: its text was found ${found} times. Mend tests/mutants/mutants.ts.`,
        );
      await writeFile(
        path,
        text.replace(pattern, () => replace),
      );
    }
    return await work();
  } finally {
    for (const [path, text] of originals) await writeFile(path, text);
  }
}

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** The names of the tests that fail. A run that ends without a report, or not in time, fails as a whole. */
async function runTests(
  copy: string,
  tests: readonly string[],
  {
    timeout = longestRunMs,
    options = [],
  }: { readonly timeout?: number; readonly options?: readonly string[] } = {},
): Promise<{ readonly failed: readonly string[] }> {
  const output = join(copy, '.mutants-report.json');
  await rm(output, { force: true });
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  // The first test that fails is enough.
  const args = [vitest, 'run', ...tests, '--bail=1', ...options, '--reporter=json', `--outputFile=${output}`];
  const problem = await run(process.execPath, args, {
    cwd: copy,
    timeout,
    killSignal: 'SIGTERM',
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const text = await readFile(output, 'utf8').catch(() => undefined);
  if (text === undefined)
    return { failed: [problem === undefined ? 'no report' : 'the whole run (it ended early)'] };
  const failed = report.parse(JSON.parse(text)).testResults.flatMap((file) => {
    const names = file.assertionResults
      .filter((each) => each.status === 'failed')
      .map((each) => each.fullName);
    return names.length === 0 && file.status === 'failed' ? [`${file.name}: ${file.message}`] : names;
  });
  return { failed };
}

const copy = await copyOfCheckout();
try {
  process.exitCode = await main(copy);
} finally {
  await rm(copy, { recursive: true, force: true });
}
