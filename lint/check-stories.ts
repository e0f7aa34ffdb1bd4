import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import type { Finding } from '../domain/finding.ts';

const oxlint = join(dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint');

/** How oxlint tells what it found, as far as it matters here. */
interface Report {
  readonly diagnostics: readonly {
    readonly message: string;
    readonly code?: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number; readonly column: number } }[];
  }[];
}

export interface CheckStoriesOptions {
  readonly checkout: string;
  /** Default `workflows/journeys` of the checkout. */
  readonly folder?: string;
}

/**
 * Holds the story files against the rules of `story-rules.js`: no clock, chance or import from outside, every verb
 * awaited, every event declared, every message there, every duration readable.
 */
export async function checkStories({
  checkout,
  folder = join(checkout, 'workflows/journeys'),
}: CheckStoriesOptions): Promise<Finding[]> {
  const { diagnostics } = await lint(checkout, folder);
  return diagnostics.map(({ message, code = '', filename, labels }) => ({
    file: relative(checkout, resolve(checkout, filename)),
    line: labels[0]?.span.line ?? 1,
    column: labels[0]?.span.column ?? 1,
    rule: code.replace(/^stories\((.*)\)$/, '$1'),
    sentence: message,
  }));
}

function lint(checkout: string, folder: string): Promise<Report> {
  const config = join(import.meta.dirname, 'stories.oxlintrc.json');
  const args = [oxlint, '--config', config, '--format', 'json', '--threads', '1', folder];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: checkout, timeout: 60_000 }, (error, stdout) => {
      // It exits with 1 when it found something; only an answer that cannot be read is a failure.
      try {
        resolve(JSON.parse(stdout) as Report);
      } catch {
        reject(new Error('oxlint gave no report', { cause: error }));
      }
    });
  });
}
