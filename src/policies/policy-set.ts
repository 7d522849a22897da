/** All policies in force, and the question they answer: may this call go, and under which obligations? */
import type { PolicyBudget } from '../budgets/index.ts';
import { Fault } from '../core/fault.ts';
import { WRITES_OUTPUT } from '../dialects/dialect.ts';
import type { Principal } from '../identity/index.ts';
import type { LimitRule } from '../limits/index.ts';
import type { EntitiesRules, RedactionPlan } from '../redaction/index.ts';
import { compilePlan } from '../redaction/index.ts';
import { type Combined, combine, deniedBy } from './combine.ts';
import { type Condition, ConditionError } from './condition.ts';
import { type Facts, PrincipalFacts, RequestFacts } from './facts.ts';
import type { Policy } from './policy.ts';
import type { Effects, PolicedCall } from './rule.ts';
import type { Verdict } from './verdict.ts';

export interface PolicyLimit extends LimitRule {
  /** The policy that sets it, for refusals. */
  readonly policy: string;
}

export interface PolicySet {
  readonly policies: readonly Policy[];
  /** The same array for the same principal, as long as the set is in force. */
  limitsFor(principal: Principal): readonly PolicyLimit[];
  /** Ids are `policy/<policy>/<budget>`. The same array for the same principal. */
  budgetsFor(principal: Principal): readonly PolicyBudget[];
  /** Those that count any callers of the organisation, in the order of the files. */
  budgetsOf(orgId: string, orgSlug: string): readonly PolicyBudget[];
  /** The entities of their own that enforced policies declare for callers of the organisation. */
  entitiesOf(orgId: string, orgSlug: string): readonly EntitiesRules[];
  /** What policies may ask for in any request of the caller, whatever else they depend on; undefined: nothing. */
  redactionFor(principal: Principal): RedactionPlan | undefined;
  /** @throws Fault `policy_denied` naming the policy and what to do */
  judge(principal: Principal, question: Question): Judgement;
}

export interface Question extends PolicedCall {
  /** Tags of the key and of the request together. */
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** The cap on output tokens to put into the body; undefined = leave it as it is. */
  readonly outputCapTokens: number | undefined;
}

/** What is worked out once per principal. */
interface Candidates {
  readonly policies: readonly Policy[];
  readonly facts: PrincipalFacts;
  readonly limits: readonly PolicyLimit[];
  readonly budgets: readonly PolicyBudget[];
  /** By which of the policies matched, one character each. */
  readonly combined: Map<string, Combined>;
  /** By `steadyKey`; undefined where some condition asks for more than that. */
  readonly known: Map<string, Combined> | undefined;
  /** All of their sections; made when it is first asked for. */
  redaction: RedactionPlan | undefined;
}

/** Callers steer which combinations come up, and which models, so that many are kept and no more. */
const MAX_KEPT = 1000;

/** @param unmatched what becomes of a call that no enforced policy matches */
export function createPolicySet(policies: readonly Policy[], unmatched: 'allow' | 'deny'): PolicySet {
  prepareRedaction(policies);
  const byPrincipal = new WeakMap<Principal, Candidates>();
  const candidatesFor = (principal: Principal): Candidates => {
    const known = byPrincipal.get(principal);
    if (known !== undefined) return known;
    const candidates = select(policies, principal);
    byPrincipal.set(principal, candidates);
    return candidates;
  };
  return {
    policies,
    limitsFor: (principal) => candidatesFor(principal).limits,
    budgetsFor: (principal) => candidatesFor(principal).budgets,
    budgetsOf: (orgId, orgSlug) =>
      budgetsOf(policies.filter((policy) => policy.enforce && policy.concernsOrg(orgId, orgSlug))),
    entitiesOf: (orgId, orgSlug) =>
      declaredEntities(policies.filter((policy) => policy.enforce && policy.concernsOrg(orgId, orgSlug))),
    redactionFor: (principal) => {
      const candidates = candidatesFor(principal);
      candidates.redaction ??= redactionOf(candidates.policies);
      return candidates.redaction;
    },
    judge: (principal, question) => {
      const candidates = candidatesFor(principal);
      const combined = match(candidates, question);
      if (unmatched === 'deny' && !combined.enforced) throw nothingAllows();
      const fault = combined.checkCall(question);
      if (fault !== undefined) throw fault;
      return { verdict: combined.verdict, outputCapTokens: newCap(combined.outputCapTokens, question) };
    },
  };
}

/** What finds values takes up to 0.4 s to make: no request should wait for it. Where policies differ, one still may. */
function prepareRedaction(policies: readonly Policy[]): void {
  for (const { redaction } of policies.flatMap(({ effects }) => effects)) {
    if (redaction !== undefined) compilePlan([redaction]);
  }
}

function select(policies: readonly Policy[], principal: Principal): Candidates {
  const concerned = policies.filter((policy) => policy.concerns(principal));
  const enforced = concerned.filter((policy) => policy.enforce);
  return {
    policies: concerned,
    facts: new PrincipalFacts(principal),
    limits: collect(enforced, ({ id }, { limits = [] }) => limits.map((limit) => ({ ...limit, policy: id }))),
    budgets: budgetsOf(enforced),
    combined: new Map(),
    known: concerned.every(({ when }) => when?.steady ?? true) ? new Map() : undefined,
    redaction: undefined,
  };
}

function redactionOf(policies: readonly Policy[]): RedactionPlan | undefined {
  const enforced = policies.filter((policy) => policy.enforce);
  const sections = collect(enforced, (_, { redaction }) => redaction ?? []);
  return sections.length === 0 ? undefined : compilePlan(sections);
}

function budgetsOf(policies: readonly Policy[]): PolicyBudget[] {
  return collect(policies, ({ id }, { budgets = [] }) =>
    budgets.map((budget) => ({ ...budget, id: `policy/${id}/${budget.id}`, policy: id })),
  );
}

/** The entities of their own that these policies declare. */
export function declaredEntities(policies: readonly Policy[]): EntitiesRules[] {
  return collect(policies, (_, { redaction }) =>
    redaction?.entities === undefined ? [] : [redaction.entities],
  );
}

function collect<T>(
  policies: readonly Policy[],
  pick: (policy: Policy, effects: Effects) => T | readonly T[],
): T[] {
  return policies.flatMap((policy) => policy.effects.flatMap((effects) => pick(policy, effects)));
}

/** Ten conditions take 9 µs; where nothing that they ask for has changed, neither has the answer. */
function match(candidates: Candidates, question: Question): Combined {
  // tags of the request itself are anything at all
  const known = question.tags === candidates.facts.tags ? candidates.known : undefined;
  if (known === undefined) return combinedBy(candidates, question);
  const key = steadyKey(question);
  return known.get(key) ?? keep(known, key, combinedBy(candidates, question));
}

/** All of STEADY_FIELDS; `operation` has no blanks. */
function steadyKey({ operation, described }: Question): string {
  return `${operation} ${described.stream} ${described.model}`;
}

function combinedBy(candidates: Candidates, question: Question): Combined {
  let key = '';
  let facts: Facts | undefined;
  for (const policy of candidates.policies) {
    let matches =
      (policy.operations === undefined || policy.operations.has(question.operation)) &&
      (policy.models === undefined || policy.models(question.described.model));
    if (matches && policy.when !== undefined) {
      facts ??= factsOf(candidates, question);
      matches = holds(policy, policy.when, facts);
    }
    key += matches ? '1' : '0';
  }
  return (
    candidates.combined.get(key) ??
    keep(candidates.combined, key, combine(candidates.policies.filter((_, index) => key[index] === '1')))
  );
}

function keep(combinations: Map<string, Combined>, key: string, combined: Combined): Combined {
  if (combinations.size >= MAX_KEPT) combinations.clear();
  combinations.set(key, combined);
  return combined;
}

function factsOf(candidates: Candidates, question: Question): Facts {
  return {
    request: new RequestFacts(question),
    principal: candidates.facts,
    tags: question.tags,
    now: new Date(question.nowMs),
  };
}

/** A condition that cannot be answered denies: what a policy forbids must not pass because a field is missing. */
function holds(policy: Policy, when: Condition, facts: Facts): boolean {
  try {
    return when.holds(facts);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    if (!policy.enforce) return true;
    throw deniedBy(policy.id, {
      message: `its condition cannot be answered for this request (${error.message}), and what cannot be judged is refused`,
    });
  }
}

function nothingAllows(): Fault {
  return new Fault(
    'policy_denied',
    'No policy allows this request, and policies.default is "deny". Ask an administrator for a policy that matches it.',
  );
}

function newCap(cap: number | undefined, { operation, described, body }: Question): number | undefined {
  if (cap === undefined || body === undefined || !WRITES_OUTPUT.has(operation)) return undefined;
  const asked = described.outputCapTokens;
  return asked === undefined || asked > cap ? cap : undefined;
}
