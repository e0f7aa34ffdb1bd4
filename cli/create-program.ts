import { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { examplesText } from './command.ts';
import { calendarCommand } from './commands/calendar.ts';
import { campaignCommand } from './commands/campaign.ts';
import { checkCommand } from './commands/check.ts';
import { deliveriesCommand } from './commands/deliveries.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { engineCommand } from './commands/engine.ts';
import { explainCommand } from './commands/explain.ts';
import { importCommand } from './commands/import.ts';
import { keysCommand } from './commands/keys.ts';
import { migrateCommand } from './commands/migrate.ts';
import { newCommand } from './commands/new.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { previewCommand } from './commands/preview.ts';
import { pruneCommand } from './commands/prune.ts';
import { releaseCommand } from './commands/release.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { runsCommand } from './commands/runs.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { suppressCommand } from './commands/suppress.ts';
import { trackCommand } from './commands/track.ts';
import { whatsAppCommand } from './commands/whatsapp.ts';
import { exitCode } from './exit-code.ts';

export interface ProgramOptions {
  /** Says nothing itself about what was typed wrongly: whoever catches the error does. Default false. */
  readonly quiet?: boolean;
}

const examples = ['start', 'status --json', 'explain c-1001', 'campaign list', 'campaign --help'];

const exitCodesText = `Exit codes:
  ${exitCode.success}    done
  ${exitCode.failure}    tried and not done, or something was found wrong
  ${exitCode.usage}    typed wrongly; nothing was done
  ${exitCode.interrupted}  ended by Ctrl-C

With --json, a failure is one JSON document on standard output as well: {"error": {"code", "message", "page"}}.`;

/** The whole command line, ready to parse. Making it does nothing yet, so that help and docs can be checked against it. */
export function createProgram({ quiet = false }: ProgramOptions = {}): Command {
  const program = new Command('perennial')
    .description(
      'Lifecycle messaging as durable workflows: journeys are code, and anyone can see why a message was sent or not.',
    )
    .showHelpAfterError('Add --help for what is allowed.')
    .showSuggestionAfterError()
    .helpCommand(true)
    // Or `deliveries` would take the --json of `deliveries unknown --json` as its own.
    .enablePositionalOptions()
    .version(manifest.version, '--version', 'print the version')
    .addHelpText('after', `${examplesText(examples)}\n\n${exitCodesText}`)
    .exitOverride();
  if (quiet) program.configureOutput({ writeErr: () => undefined });

  const groups: readonly (readonly [string, readonly Command[]])[] = [
    [
      'Run',
      [
        demoCommand(),
        startCommand(),
        statusCommand(),
        doctorCommand(),
        engineCommand(),
        migrateCommand(),
        pruneCommand(),
      ],
    ],
    [
      'Write',
      [newCommand(), checkCommand(), previewCommand(), simulateCommand(), releaseCommand(), replayCommand()],
    ],
    ['Campaigns', [campaignCommand(), calendarCommand()]],
    ['Events', [trackCommand(), importCommand(), keysCommand()]],
    ['See why', [explainCommand(), runsCommand(), deliveriesCommand(), reportCommand()]],
    ['Hold back', [pauseCommand(), resumeCommand(), suppressCommand(), whatsAppCommand()]],
  ];

  for (const [heading, commands] of groups) {
    for (const command of commands) program.addCommand(command.helpGroup(`${heading}:`));
  }

  // Settings are not inherited by commands that were made elsewhere.
  function inherit(command: Command): void {
    for (const child of command.commands) {
      child.copyInheritedSettings(command);
      inherit(child);
    }
  }
  inherit(program);
  return program;
}
