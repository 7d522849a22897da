/** What the environment says without any file, and on top of one. */
import { join } from 'node:path';
import { defaultProviders, PROVIDER_VARIABLES } from '../providers/settings.ts';
import type { Environment } from './references.ts';

type Tree = { [key: string]: unknown };

/** Settings that a variable overrides, whatever the file says: the ones that differ from machine to machine. */
const OVERRIDES: Readonly<Record<string, string>> = {
  SLUICE_HOST: 'server.host',
  SLUICE_PORT: 'server.port',
  SLUICE_WORKERS: 'server.workers',
  SLUICE_ADMIN_KEY: 'admin.admin_key',
  SLUICE_DATA_DIR: 'database.data_dir',
  DATABASE_URL: 'database.url',
  REDIS_URL: 'redis.url',
};

export interface WithEnvironment {
  readonly values: unknown;
  /** The variable that decided a setting, by the setting's path. */
  readonly decidedBy: ReadonlyMap<string, string>;
}

/**
 * The values of the file with the environment on top. Providers come from the environment only where the file
 * has no `providers` section: a file that lists them says all of them.
 */
export function withEnvironment(fromFile: unknown, env: Environment): WithEnvironment {
  const decidedBy = new Map<string, string>();
  if (typeof fromFile !== 'object' || fromFile === null || Array.isArray(fromFile))
    return { values: fromFile, decidedBy };
  const config: Tree = { ...fromFile };
  const decides = (paths: Readonly<Record<string, string>>): [path: string, value: string][] =>
    Object.entries(paths).flatMap(([variable, path]) => {
      const value = env[variable];
      if (value === undefined || value === '') return [];
      decidedBy.set(path, variable);
      return [[path, value]];
    });
  for (const [path, value] of decides(OVERRIDES)) {
    const [section = '', setting = ''] = path.split('.');
    config[section] = { ...asTree(config[section]), [setting]: value };
  }
  if (config.providers === undefined) {
    decides(PROVIDER_VARIABLES);
    config.providers = defaultProviders(env);
  }
  keepJournalWithData(config);
  return { values: config, decidedBy };
}

/** One folder, one volume: the journal follows `database.data_dir` unless it has a folder of its own. */
function keepJournalWithData(config: Tree): void {
  const { data_dir: dataDir } = asTree(config.database);
  const journal = asTree(config.journal);
  if (typeof dataDir === 'string' && journal.dir === undefined)
    config.journal = { ...journal, dir: join(dataDir, 'journal') };
}

function asTree(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {};
}
