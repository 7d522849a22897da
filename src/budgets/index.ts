export type { Draw, HasHold } from './hold.ts';
export { type BudgetHouse, openBudgets } from './open.ts';
export { type BudgetRule, budgetRules, type PolicyBudget } from './rule.ts';
