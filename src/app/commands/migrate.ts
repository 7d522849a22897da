import { loadConfig, processEnvironment } from '../../config/index.ts';
import { openLog } from '../../telemetry/log.ts';
import { type Command, explain, misused } from './command.ts';

export const migrate: Command = {
  name: 'migrate',
  args: '',
  about: 'bring the database up to date; safe to run twice and from several nodes at once',
  run: async (args) => {
    if (args.length > 0) return misused(migrate);
    try {
      const config = loadConfig(processEnvironment());
      const log = openLog('warn');
      const { migrate: migrateDatabase } = await import('../../storage/migrate.ts');
      const { openPostgres } = await import('../postgres.ts');
      const postgres = await openPostgres(config, log);
      try {
        const applied = await migrateDatabase({ url: postgres.url, log });
        console.log(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
        return 0;
      } finally {
        await postgres.stop();
      }
    } catch (error) {
      explain(error);
      return 1;
    }
  },
};
