import { CommanderError } from 'commander';
import { createProgram } from './create-program.ts';
import { exitCode } from './exit-code.ts';
import { outliveReaders } from './output.ts';

outliveReaders([process.stdout, process.stderr]);
try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCode.success : exitCode.usage;
}
