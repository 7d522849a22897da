/** Examples of requests with the verdict they must get: tests of policies, written by who writes policies. */
import { z } from 'zod';
import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';
import { FileProblems, type Problem, parseStrictYaml } from '../core/strict-yaml.ts';
import { OPERATIONS } from '../dialects/dialect.ts';
import { type Principal, ROLES } from '../identity/index.ts';
import { REDACTION_ACTIONS } from '../redaction/index.ts';
import { readFolder } from '../storage/folder.ts';
import { isCasesFile, loadPolicies, POLICY_FOLDER } from './loader.ts';
import type { Judgement, PolicySet, Question } from './policy-set.ts';

const tags = z.record(z.string(), z.string());

const caller = z.strictObject({
  org: z.string().default('demo').describe('Slug of the organisation.'),
  team: z.string().optional(),
  user: z.string().optional(),
  key: z.string().optional(),
  email: z.string().optional(),
  role: z.enum(ROLES).default('member'),
  tags: tags.default({}).describe('Tags of the key.'),
});

const request = z.strictObject({
  operation: z.enum(OPERATIONS).default('chat'),
  model: z.string(),
  stream: z.boolean().default(false),
  output_cap: z.int().positive().optional(),
  tools: z.array(z.string()).default([]),
  user: z.string().optional(),
  tags: tags.default({}).describe('Tags that the caller sends in x-sluice-tags.'),
  body: z
    .record(z.string(), z.json())
    .default({})
    .describe('Further fields of the body, such as temperature.'),
});

const expectation = z.strictObject({
  verdict: z.enum(['allow', 'deny']),
  denied_by: z.string().optional().describe('Id of the policy that refuses.'),
  policies: z.array(z.string()).optional().describe('Ids of all policies that match, in order.'),
  output_cap: z.int().positive().optional().describe('The cap that goes to the provider.'),
  cache_ttl_seconds: z.int().nonnegative().optional(),
  pii_request: z.record(z.string(), z.enum(REDACTION_ACTIONS)).optional().describe('Actions, by entity.'),
});

const policyCase = z.strictObject({
  name: z.string().min(1),
  caller: caller.prefault({}),
  request,
  at: z.iso.datetime().optional().describe('When; conditions on `now` need it.'),
  target: z
    .strictObject({ provider: z.string(), model: z.string().optional(), region: z.string().optional() })
    .optional()
    .describe('Where the request would go; rules on models, providers and regions need it.'),
  expect: expectation,
});

const casesFile = z.strictObject({ version: z.literal(1), cases: z.array(policyCase) });
export type PolicyCase = z.output<typeof policyCase>;

/** What differs from the expectation, one text per difference; empty when the case holds. */
function runCase(set: PolicySet, example: PolicyCase): string[] {
  const outcome = judge(set, example);
  const { expect } = example;
  if (outcome instanceof Fault) {
    if (expect.verdict === 'allow') return [`expected allow, but: ${outcome.message}`];
    const named = expect.denied_by === undefined || outcome.message.includes(`"${expect.denied_by}"`);
    return named ? [] : [`expected a refusal by "${expect.denied_by}", but: ${outcome.message}`];
  }
  if (expect.verdict === 'deny') {
    return [`expected deny, but it is allowed (matching policies: ${outcome.verdict.policies.join(', ')})`];
  }
  return differences(example, outcome);
}

function judge(set: PolicySet, { caller, request, at, target }: PolicyCase): Judgement | Fault {
  try {
    const judgement = set.judge(principalOf(caller), questionOf(request, caller.tags, at));
    if (target === undefined) return judgement;
    const { provider, model = request.model, region } = target;
    return judgement.verdict.permits({ provider, model, region }) ?? judgement;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function differences({ expect, request }: PolicyCase, { verdict, outputCapTokens }: Judgement): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: unknown, got: unknown): void => {
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(got)) return;
    found.push(`expected ${what} ${JSON.stringify(wanted)}, but got ${JSON.stringify(got) ?? 'none'}`);
  };
  compare('policies', expect.policies, verdict.policies);
  compare('output_cap', expect.output_cap, outputCapTokens ?? request.output_cap);
  compare('cache_ttl_seconds', expect.cache_ttl_seconds, (verdict.cache?.ttlMs ?? 0) / 1000);
  const actions: Readonly<Record<string, unknown>> = verdict.redaction?.request ?? {};
  for (const [entity, action] of Object.entries(expect.pii_request ?? {})) {
    compare(`pii_request.${entity}`, action, actions[entity]);
  }
  return found;
}

function principalOf({ org, team, user, key, email, role, tags }: PolicyCase['caller']): Principal {
  return {
    kind: 'key',
    actor: `key/${key ?? 'example'}`,
    orgId: org,
    orgSlug: org,
    teamId: team ?? null,
    userId: user ?? null,
    keyId: key ?? null,
    email: email ?? null,
    role,
    managedTeams: [],
    uses: { inference: true, admin: false },
    models: null,
    tags,
    org: {
      allowedProviders: null,
      restrictedProviders: [],
      defaultProvider: null,
      dataResidency: null,
      storeContent: false,
    },
  };
}

function questionOf(
  { operation, model, stream, output_cap, tools, user, tags, body }: PolicyCase['request'],
  keyTags: Readonly<Record<string, string>>,
  at: string | undefined,
): Question {
  const described = { model, stream, outputCapTokens: output_cap, choices: 1, tools, user };
  return {
    operation,
    described,
    body: { ...body, model } satisfies JsonObject,
    tags: { ...tags, ...keyTags },
    nowMs: at === undefined ? 0 : Date.parse(at),
  };
}

export interface PolicyReport {
  readonly policies: number;
  readonly cases: number;
  /** What is wrong with the files, and cases that do not hold; empty = all good. */
  readonly problems: readonly Problem[];
}

/** Loads the folder and runs every example in it: `sluice policy check` and `sluice policy test`. */
export async function checkPolicies(folder: string, unmatched: 'allow' | 'deny'): Promise<PolicyReport> {
  try {
    const { set } = await loadPolicies(folder, unmatched);
    const files = await readFolder(folder, isCasesFile, POLICY_FOLDER);
    const problems: Problem[] = [];
    let cases = 0;
    for (const { path, text } of files) {
      const parsed = parseStrictYaml(path, text, casesFile);
      if (!parsed.ok) {
        problems.push(...parsed.problems);
        continue;
      }
      cases += parsed.value.cases.length;
      parsed.value.cases.forEach((example, index) => {
        for (const difference of runCase(set, example)) {
          problems.push(parsed.pointAt(['cases', index], `"${example.name}": ${difference}`));
        }
      });
    }
    return { policies: set.policies.length, cases, problems };
  } catch (error) {
    if (error instanceof FileProblems) return { policies: 0, cases: 0, problems: error.problems };
    throw error;
  }
}
