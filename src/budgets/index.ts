export type { Draw, HasHold, Hold } from './hold.ts';
export { type BudgetRule, budgetRules } from './rule.ts';
