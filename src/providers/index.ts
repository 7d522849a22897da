export { type BroughtKeys, openBroughtKeys } from './brought-keys.ts';
export { Catalogue } from './catalogue.ts';
export { KINDS } from './kinds/index.ts';
export type { HasKept, HasPlan, Kept, Target } from './plan.ts';
export type { Provider } from './provider.ts';
export { openProviders, type Providers } from './providers.ts';
export { operationFor, serves } from './serves.ts';
export { Vault } from './vault.ts';
