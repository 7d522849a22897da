export { startChecks } from './checks.ts';
export { Groups } from './groups.ts';
export {
  type DetailedModel,
  type ListingDeps,
  type ModelDetails,
  modelsOf,
  type NamedModel,
  wholeCatalogue,
} from './listing.ts';
export { TargetStates, targetStates } from './target-states.ts';
