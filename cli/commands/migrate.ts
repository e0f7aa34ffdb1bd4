import type { Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';

interface MigrateOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

export function migrateCommand(): Command {
  return createCommand('migrate', 'bring the database schema up to date', ['migrate --dry-run', 'migrate'])
    .option('--dry-run', 'only say what would be done')
    .action((options: MigrateOptions) =>
      runCommand(options, async (output) => {
        const [{ findPlaces }, { openDatabase }, { migrate, pendingMigrations }] = await Promise.all([
          import('../../engine/find-places.ts'),
          import('../../store/database.ts'),
          import('../../store/migrate.ts'),
        ]);
        const { databaseUrl } = await findPlaces(readEnvironment());
        const db = openDatabase({ url: databaseUrl, connections: 1, applicationName: 'perennial-migrate' });
        try {
          const names = options.dryRun === true ? await pendingMigrations(db) : await migrate(db);
          output.data({ [options.dryRun === true ? 'pending' : 'applied']: names });
          if (names.length === 0) output.say('The schema is up to date.');
          for (const name of names) output.say(`${options.dryRun === true ? 'pending' : 'applied'}  ${name}`);
        } finally {
          await db.destroy();
        }
      }),
    );
}
