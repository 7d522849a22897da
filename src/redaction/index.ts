export {
  type Finding,
  type HasRedaction,
  REDACTION_ACTIONS,
  type RedactionAction,
  type RedactionPlan,
  type RedactionUse,
} from './plan.ts';
export { compilePlan, type RedactionRules, redactionRules } from './rule.ts';
