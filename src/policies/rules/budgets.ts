import { budgetRules } from '../../budgets/index.ts';
import { rule } from '../rule.ts';

export const budgets = rule({
  id: 'budgets',
  schema: budgetRules.describe('Amounts of money per window; see docs/budgets.md.'),
  early: true,
  compile: (section) => ({ budgets: section }),
});
