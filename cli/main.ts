import { outliveReaders } from './output.ts';
import { runProgram } from './run-program.ts';

outliveReaders([process.stdout, process.stderr]);
await runProgram(process.argv.slice(2));
