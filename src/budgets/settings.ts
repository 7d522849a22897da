import { z } from 'zod';

const usd = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, 'write dollars as a decimal in quotes: "0.50"');

export const budgetSettings = z
  .strictObject({
    default_output_cap_tokens: z
      .int()
      .min(1)
      .default(4_096)
      .describe(
        'Where a hard budget counts a request without an output cap, and neither steps nor the own limit of the model bound it, the gateway sets this cap.',
      ),
    stream_step_tokens: z
      .int()
      .min(64)
      .default(2_048)
      .describe(
        'Streams without an output cap are reserved by so much at a time while they run. Counted in bytes of text, an upper bound of tokens.',
      ),
    model_outputs: z
      .array(
        z.strictObject({
          models: z.array(z.string().min(1)).min(1).describe('Model patterns, by the name the provider has.'),
          max_output_tokens: z
            .int()
            .min(1)
            .optional()
            .describe(
              'The most it ever writes: an answer that is not streamed is held for so much, uncapped.',
            ),
          unseen_reasoning: z
            .boolean()
            .default(false)
            .describe('It bills reasoning that it does not stream, so its streams cannot be followed.'),
        }),
      )
      .default([])
      .describe('What models write at most; goes before what the gateway knows of them.'),
    when_short: z
      .enum(['lower', 'refuse'])
      .default('lower')
      .describe(
        'A budget that cannot pay for the whole output cap, or a stream that could use it up: set the cap to what it can pay for; or refuse.',
      ),
    min_output_cap_tokens: z
      .int()
      .min(1)
      .default(256)
      .describe(
        'The lowest cap that `when_short: lower` may set, and the least that a stream begins with; below it the request is refused.',
      ),
    unpriced_under_hard_budget: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('May models without a known price run where a hard budget counts them?'),
    lease_ttl_seconds: z
      .int()
      .min(4)
      .default(600)
      .describe(
        'Life of a lease without renewal. A node that is cut off spends from it for half of that; the leases of a dead node come back after it.',
      ),
    ledger_patience_ms: z
      .int()
      .min(1)
      .default(2_000)
      .describe('How long a request waits for the ledger when the leases of this node do not suffice.'),
    on_ledger_outage: z
      .enum(['refuse', 'allow'])
      .default('refuse')
      .describe('What to do when the leases are used up and the ledger cannot be reached.'),
    outage_allowance_usd: usd
      .default('1')
      .describe('With `on_ledger_outage: allow`: the most that each node spends unleased during one outage.'),
  })
  .describe('How budgets are held. The budgets themselves stand in policies and in the admin API.');

export type BudgetSettings = z.output<typeof budgetSettings>;
