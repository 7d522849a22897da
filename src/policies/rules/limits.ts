import { limitRules } from '../../limits/index.ts';
import { rule } from '../rule.ts';

export const limits = rule({
  id: 'limits',
  schema: limitRules.describe('Requests, tokens and concurrency; see docs/policies.md.'),
  early: true,
  compile: (section) => ({ limits: section }),
});
