import type { Config } from '../config/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../storage/embedded.ts';
import type { Log } from '../telemetry/log.ts';

/** The URL to reach PostgreSQL under, and how to let go of one that was started for it. */
export async function openPostgres(config: Config, log: Log): Promise<EmbeddedPostgres> {
  const { url, data_dir: dataDir } = config.database;
  if (url !== 'embedded') return { url, stop: async () => undefined };
  return startEmbeddedPostgres({ dataDir, log });
}
