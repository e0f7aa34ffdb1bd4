import colours from 'picocolors';
import { isPerennialError } from '../domain/perennial-error.ts';

/**
 * Tells a person what went wrong: the sentence, the code and its page. A stack is for developers: it is shown with
 * `PERENNIAL_DEBUG=1` only.
 */
export function reportFailure(error: unknown, options: { json: boolean; debug: boolean }): void {
  const failure = describe(error);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
    return;
  }
  process.stderr.write(`${colours.red('✗')} ${failure.message}\n`);
  if (failure.page !== undefined)
    process.stderr.write(colours.dim(`  ${failure.code}: see ${failure.page}\n`));
  if (options.debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (failure.code === 'unexpected')
    process.stderr.write(colours.dim('  PERENNIAL_DEBUG=1 shows where it happened.\n'));
}

function describe(error: unknown): { code: string; message: string; page?: string } {
  if (isPerennialError(error)) return { code: error.code, message: error.message, page: error.page };
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
}
