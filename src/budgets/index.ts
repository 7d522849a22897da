export type { Draw, HasHold, Hold } from './hold.ts';
export { type BudgetDeps, type BudgetHouse, type BudgetStats, openBudgets } from './open.ts';
export { type BudgetRule, budgetRules, type PolicyBudget } from './rule.ts';
export { type BudgetSettings, budgetSettings } from './settings.ts';
