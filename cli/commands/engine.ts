import type { Command } from 'commander';
import { createCommand, createGroup, runCommand, type CommonOptions } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { readEnvironment } from '../../config/environment.ts';

export function engineCommand(): Command {
  return createGroup('engine', 'the Temporal server and PostgreSQL of this checkout', [
    'engine status',
    'engine start',
    'engine stop',
  ])
    .addCommand(statusCommand())
    .addCommand(startCommand())
    .addCommand(stopCommand())
    .addCommand(buildCommand());
}

function statusCommand(): Command {
  return createCommand('status', 'say what runs, and where', ['engine status']).action(
    (options: CommonOptions) =>
      runCommand(options, async (output) => {
        const { engineStatus } = await import('../../engine/engine-status.ts');
        const status = await engineStatus({ dataFolder: readEnvironment().dataFolder });
        output.data(status);
        output.say(
          status.running ? 'The engine runs.' : 'The engine does not run. `npm start` starts everything.',
        );
        if (status.temporal)
          output.say(
            `  Temporal    ${status.temporal.address}${status.temporal.uiUrl ? `, UI ${status.temporal.uiUrl}` : ''}`,
          );
        if (status.postgres) output.say(`  PostgreSQL  port ${status.postgres.port}`);
        return status.running ? exitCode.success : exitCode.failure;
      }),
  );
}

function startCommand(): Command {
  return createCommand('start', 'start both in the background', ['engine start']).action(
    (options: CommonOptions) =>
      runCommand(options, async (output) => {
        const { startEngineFor } = await import('../../engine/start-from-environment.ts');
        const engine = await startEngineFor(readEnvironment(), {
          supervise: false,
          onProgress: output.progress,
        });
        await engine.detach();
        output.data({ temporal: engine.temporalAddress, namespace: engine.namespace, ui: engine.uiUrl });
        output.say(
          `Temporal ${engine.temporalAddress}${engine.uiUrl ? `, UI ${engine.uiUrl}` : ''}. Stop with: npx perennial engine stop`,
        );
      }),
  );
}

function stopCommand(): Command {
  return createCommand('stop', 'stop both; the data stays', ['engine stop']).action(
    (options: CommonOptions) =>
      runCommand(options, async (output) => {
        const { checkout, dataFolder } = readEnvironment();
        const { stopEngine } = await import('../../engine/engine-status.ts');
        const { stopped } = await stopEngine({ checkout, dataFolder });
        output.data({ stopped });
        output.say(
          stopped.length === 0
            ? 'Nothing of this checkout was running.'
            : `Stopped ${stopped.join(' and ')}. The data stays.`,
        );
      }),
  );
}

function buildCommand(): Command {
  return createCommand('build', 'find a Temporal server or build one (the first time about five minutes)', [
    'engine build',
  ]).action((options: CommonOptions) =>
    runCommand(options, async (output) => {
      const { findOrBuildTemporal } = await import('../../engine/temporal/find-temporal.ts');
      const temporal = await findOrBuildTemporal({
        checkout: readEnvironment().checkout,
        onProgress: output.progress,
      });
      output.data(temporal);
      output.say(`Temporal server ${temporal.version} (${temporal.origin}) is ready.`);
    }),
  );
}
