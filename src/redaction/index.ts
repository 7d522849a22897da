export {
  type Direction,
  type Finding,
  type HasRedaction,
  REDACTION_ACTIONS,
  type RedactionAction,
  type RedactionPlan,
  type RedactionUse,
} from './plan.ts';
export { type EntityGroup, type EntityId, RECOGNISERS } from './recognisers/index.ts';
export { compilePlan, type RedactionRules, redactionRules } from './rule.ts';
