import { z } from 'zod';
import { isTimeZone } from '../core/time-zone.ts';
import { SUBJECT_KINDS } from '../identity/index.ts';
import { WINDOWS } from './window.ts';

export const budgetRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .describe('Name of the budget, unique within its policy.'),
  scope: z
    .enum(SUBJECT_KINDS)
    .describe('Whose spending is counted together: each of them has this budget for itself.'),
  window: z.enum(WINDOWS).describe('When it starts anew; `total` never does.'),
  timezone: z
    .string()
    .refine(isTimeZone, 'not an IANA time zone such as Europe/Berlin')
    .default('UTC')
    .describe('IANA time zone whose calendar the window follows.'),
  amount_usd: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,12})?$/)
    .describe('Dollars, as a decimal string.'),
  hard: z.boolean().default(true).describe('Refuse what it cannot pay for; false only counts.'),
  alert_percents: z
    .array(z.int().min(1).max(100))
    .default([])
    .describe(
      'Percentages to be told about. Kept with the budget for who reads it: the gateway sends nothing.',
    ),
  models: z.array(z.string().min(1)).min(1).optional().describe('Model patterns it counts; all if absent.'),
});

export const budgetRules = z.array(budgetRule).min(1);
export type BudgetRule = z.output<typeof budgetRule>;

/** A budget that a policy file declares; its id is the one in the ledger: `policy/<policy>/<budget>`. */
export interface PolicyBudget extends BudgetRule {
  readonly policy: string;
}
