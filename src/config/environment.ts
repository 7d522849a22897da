/** What the environment says without any file, and on top of one. */
import { defaultProviders } from '../providers/settings.ts';
import type { Environment } from './references.ts';

type Tree = { [key: string]: unknown };

/** Settings that a variable overrides, whatever the file says: the ones that differ from machine to machine. */
const OVERRIDES: Readonly<Record<string, readonly [section: string, setting: string]>> = {
  SLUICE_HOST: ['server', 'host'],
  SLUICE_PORT: ['server', 'port'],
  SLUICE_ADMIN_KEY: ['admin', 'admin_key'],
  SLUICE_DATA_DIR: ['database', 'data_dir'],
  DATABASE_URL: ['database', 'url'],
  REDIS_URL: ['redis', 'url'],
};

/**
 * The values of the file with the environment on top. Providers come from the environment only where the file
 * has no `providers` section: a file that lists them says all of them.
 */
export function environmentConfig(fromFile: unknown, env: Environment): unknown {
  if (typeof fromFile !== 'object' || fromFile === null || Array.isArray(fromFile)) return fromFile;
  const config: Tree = { ...fromFile };
  for (const [variable, [section, setting]] of Object.entries(OVERRIDES)) {
    const value = env[variable];
    if (value !== undefined && value !== '')
      config[section] = { ...asTree(config[section]), [setting]: value };
  }
  if (config.providers === undefined) {
    config.providers = defaultProviders({
      openaiApiKey: env.OPENAI_API_KEY,
      anthropicApiKey: env.ANTHROPIC_API_KEY,
      compatibleUrl: env.SLUICE_COMPATIBLE_URL,
      compatibleApiKey: env.SLUICE_COMPATIBLE_KEY,
    });
  }
  return config;
}

function asTree(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {};
}
