export { type BroughtKeys, openBroughtKeys } from './brought-keys.ts';
export { type Aliases, Catalogue, type KnownModel } from './catalogue.ts';
export { KINDS } from './kinds/index.ts';
export {
  billableCalls,
  frugal,
  type HasKept,
  type HasPlan,
  type Kept,
  type Manner,
  MIRRORING,
  PATIENT,
  type Plan,
  REJECTIONS,
  type Target,
} from './plan.ts';
export type { Provider } from './provider.ts';
export { openProviders, type Providers } from './providers.ts';
export { operationFor, serves } from './serves.ts';
export type { CallOutcome, Standing, Standings } from './standing.ts';
export { Vault } from './vault.ts';
