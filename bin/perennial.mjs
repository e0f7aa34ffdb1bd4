#!/usr/bin/env node
// The command line. It runs from source, in this process: tsx compiles each file as it is imported.
import { prepare } from './prepare.mjs';

const code = await prepare();
if (code === 0) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../cli/main.ts');
} else {
  process.exitCode = code;
}
