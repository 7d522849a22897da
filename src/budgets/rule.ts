import { z } from 'zod';
import { isTimeZone } from '../core/time-zone.ts';
import { BUDGET_SCOPES } from './scope.ts';
import { ROLLING, WINDOWS } from './window.ts';

const usd = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, 'write dollars as a decimal in quotes: "250.00"');

const raise = z.strictObject({
  by_usd: usd.describe('Dollars more, as a decimal string.'),
  until: z.iso.datetime({ offset: true }).describe('When it ends: 2026-12-01T00:00:00Z.'),
});

const budgetFields = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'letters a to z, digits, dots, dashes and underscores, at most 64')
    .describe('Name of the budget, unique within its policy.'),
  scope: z
    .enum(BUDGET_SCOPES)
    .describe('Whose spending is counted together: each of them has this budget for itself.'),
  tag: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}(=[\x20-\x2b\x2d-\x7e]{0,128})?$/,
      'write `env`, or `env=prod`: a name, and a value without commas',
    )
    .optional()
    .describe(
      'With `scope: tag`: `env`, each value of this tag for itself, or `env=prod`, that value alone.',
    ),
  prompt: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('With `scope: prompt`: this prompt alone; each prompt for itself if absent.'),
  window: z
    .union([
      z.enum(WINDOWS),
      z.strictObject({
        rolling: z
          .string()
          .regex(ROLLING, 'write its length as a number and m, h or d: "24h"')
          .describe('Its length: 90m, 24h, 7d.'),
      }),
    ])
    .describe('When it starts anew; `total` never does, a rolling one counts the time before each instant.'),
  timezone: z
    .string()
    .refine(isTimeZone, 'not an IANA time zone such as Europe/Berlin')
    .default('UTC')
    .describe('IANA time zone whose calendar the window follows.'),
  amount_usd: usd.describe('Dollars, as a decimal string.'),
  raises: z.array(raise).max(20).default([]).describe('What is added to the amount for a time.'),
  hard: z.boolean().default(true).describe('Refuse what it cannot pay for; false only counts.'),
  alert_percents: z
    .array(z.int().min(1).max(100))
    .max(10)
    .default([])
    .describe('An event is reported once per window when so much of the amount is spent.'),
  models: z.array(z.string().min(1)).min(1).optional().describe('Model patterns it counts; all if absent.'),
});

/** Fields that belong to one scope; the text says what is wrong. */
export function misplaced({
  scope,
  tag,
  prompt,
}: {
  scope: string;
  tag?: string | null | undefined;
  prompt?: string | null | undefined;
}): { field: 'tag' | 'prompt'; message: string } | undefined {
  if (scope === 'tag' && (tag ?? null) === null) return { field: 'tag', message: '`scope: tag` needs a tag' };
  if (scope !== 'tag' && (tag ?? null) !== null) return { field: 'tag', message: 'only with `scope: tag`' };
  if (scope !== 'prompt' && (prompt ?? null) !== null) {
    return { field: 'prompt', message: 'only with `scope: prompt`' };
  }
  return undefined;
}

export const budgetRule = budgetFields.superRefine((rule, context) => {
  const wrong = misplaced(rule);
  if (wrong) context.addIssue({ code: 'custom', path: [wrong.field], message: wrong.message });
});

export const budgetRules = z.array(budgetRule).min(1);
export type BudgetRule = z.output<typeof budgetRule>;

/** A budget that a policy file declares; its id is the one in the ledger: `policy/<policy>/<budget>`. */
export interface PolicyBudget extends BudgetRule {
  readonly policy: string;
}
