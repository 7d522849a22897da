export { exampleYaml } from './example.ts';
export { loadConfig, parseConfig, processEnvironment } from './load.ts';
export type { Environment } from './references.ts';
export { type Config, configSchema } from './schema.ts';
