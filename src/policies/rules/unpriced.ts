import { z } from 'zod';
import { rule } from '../rule.ts';

export const unpriced = rule({
  id: 'unpriced',
  schema: z.enum(['allow', 'refuse']).describe('May a model run whose price is not known?'),
  compile: (section) => ({ unpriced: section }),
});
