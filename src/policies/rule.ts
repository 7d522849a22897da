/** What a policy rule is: a section of a policy file, and what it contributes to the verdict. */
import { z } from 'zod';
import type { BudgetRule } from '../budgets/index.ts';
import type { CacheRuling } from '../cache/index.ts';
import type { JsonObject } from '../core/json.ts';
import type { Described, Operation } from '../dialects/dialect.ts';
import type { LimitRule } from '../limits/index.ts';
import type { Target } from '../providers/index.ts';
import type { RedactionRules } from '../redaction/index.ts';
import type { Verdict } from './verdict.ts';

/** The call as rules see it: after the prompt was resolved, before anything is redacted. */
export interface PolicedCall {
  readonly operation: Operation;
  readonly described: Described;
  /** undefined: something that a provider keeps is read or deleted, and nothing is asked of a model. */
  readonly body: JsonObject | undefined;
}

/** Why a rule says no, and what to do instead; the policy's name is put before it. */
export interface Refusal {
  readonly message: string;
  /** The field of the request that is at fault. */
  readonly param?: string;
}

/** Everything a rule can contribute. Checks of all matching policies must pass; the rest is combined. */
export interface Effects {
  readonly checkCall?: (call: PolicedCall) => Refusal | undefined;
  readonly checkTarget?: (target: Target) => Refusal | undefined;
  /** The smallest wins. */
  readonly outputCapTokens?: number;
  /** The strictest action wins, entity by entity. */
  readonly redaction?: RedactionRules;
  /** The strictest wins, respect by respect; a `ttlMs` of 0 forbids it. */
  readonly cache?: CacheRuling;
  /** `refuse` wins. */
  readonly unpriced?: Verdict['unpriced'];
  /** `drain` wins. */
  readonly onDisconnect?: Verdict['onDisconnect'];
  readonly limits?: readonly LimitRule[];
  readonly budgets?: readonly BudgetRule[];
}

export interface Rule<Id extends string = string> {
  /** The name of its section. */
  readonly id: Id;
  readonly schema: z.ZodType;
  /** Judged by principal alone, before the body is read: its policy may not depend on the request. */
  readonly early: boolean;
  readonly compile: (section: unknown) => Effects;
}

/** Types `compile` by the schema; a policy file was parsed with it before. */
export function rule<Id extends string, S extends z.ZodType>(shape: {
  readonly id: Id;
  readonly schema: S;
  readonly early?: boolean;
  readonly compile: (section: z.output<S>) => Effects;
}): Rule<Id> {
  return { early: false, ...shape, compile: shape.compile as Rule['compile'] };
}

export const patterns = z.array(z.string().min(1)).min(1);

/** Lists of patterns with `*`: what is not on `allow`, or is on `deny`, is refused. */
export function allowDeny(of: string): z.ZodType<{ allow?: string[]; deny?: string[] }> {
  return z
    .strictObject({
      allow: patterns.describe(`Only these ${of}; \`*\` stands for any characters.`).exactOptional(),
      deny: patterns.describe(`None of these ${of}, whatever is allowed.`).exactOptional(),
    })
    .refine(({ allow, deny }) => allow !== undefined || deny !== undefined, 'set allow, deny or both');
}
