export { Analyser } from './analyser.ts';
export type { EntitiesRules } from './custom/entities.ts';
export { PseudonymKeys } from './keys.ts';
export {
  type Finding,
  type HasRedaction,
  REDACTION_ACTIONS,
  type RedactionPlan,
  type RedactionUse,
} from './plan.ts';
export { compilePlan, type RedactionRules, redactionRules } from './rule.ts';
export { tryRedaction } from './trial.ts';
