import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * `npm run bench -- <name> [options] [--json]`. A benchmark is a file beside this one that exports `run`; it measures the
 * reference and ours alternately in one run, prints a table, and gives the figures, which are printed last as one line
 * of JSON. With `--json` there is only that line.
 */
export interface BenchOptions {
  /** Says something to a person; silent with `--json`. */
  readonly say: (line: string) => void;
  /** What was written after the benchmark's name, such as `--recipients 100000`. */
  readonly flags: readonly string[];
}

export type Figures = Readonly<Record<string, number>>;

interface Bench {
  readonly run: (options: BenchOptions) => Promise<Figures>;
}

const [name, ...flags] = process.argv.slice(2);
const json = flags.includes('--json');
const file = join(import.meta.dirname, `${name ?? ''}.ts`);

if (name === undefined || name === 'main' || !/^[a-z-]+$/.test(name) || !existsSync(file)) {
  process.stderr.write(
    `Usage: npm run bench -- <name> [options] [--json]. Benchmarks: ${names().join(', ')}.\n`,
  );
  process.exitCode = 2;
} else {
  const bench: Bench = await import(pathToFileURL(file).href);
  const say = json ? () => {} : (line: string) => process.stdout.write(`${line}\n`);
  const figures = await bench.run({ say, flags });
  process.stdout.write(`${JSON.stringify({ bench: name, ...figures })}\n`);
}

function names(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((each) => each.endsWith('.ts') && each !== 'main.ts')
    .map((each) => each.slice(0, -'.ts'.length))
    .sort();
}
