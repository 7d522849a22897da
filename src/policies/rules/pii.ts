import { redactionRules } from '../../redaction/index.ts';
import { rule } from '../rule.ts';

export const pii = rule({
  id: 'pii',
  schema: redactionRules.describe('What to do with personal data and secrets; see docs/redaction.md.'),
  compile: (section) => ({ redaction: section }),
});
