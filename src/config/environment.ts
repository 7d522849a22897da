/** What the environment says without any file, and on top of one. */
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
  if (config.providers === undefined) config.providers = environmentProviders(env);
  return config;
}

function asTree(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {};
}

/** The simulator always; a real provider as soon as its key or URL is there. */
function environmentProviders(env: Environment): Tree {
  const providers: Tree = { simulated: { kind: 'simulated' } };
  if (env.OPENAI_API_KEY) {
    const base = env.OPENAI_BASE_URL ? { base_url: env.OPENAI_BASE_URL } : {};
    providers.openai = { kind: 'openai', api_key: env.OPENAI_API_KEY, ...base };
  }
  if (env.ANTHROPIC_API_KEY) {
    const base = env.ANTHROPIC_BASE_URL ? { base_url: env.ANTHROPIC_BASE_URL } : {};
    providers.anthropic = { kind: 'anthropic', api_key: env.ANTHROPIC_API_KEY, ...base };
  }
  if (env.SLUICE_COMPATIBLE_URL) {
    const key = env.SLUICE_COMPATIBLE_KEY ? { api_key: env.SLUICE_COMPATIBLE_KEY } : {};
    providers.compatible = { kind: 'openai-compatible', base_url: env.SLUICE_COMPATIBLE_URL, ...key };
  }
  return providers;
}
