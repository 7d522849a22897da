export { exampleYaml } from './example.ts';
export { loadConfig, parseConfig, processEnvironment } from './load.ts';
export type { Config } from './schema.ts';
