import fc from 'fast-check';
import { type Test, test } from 'tap';
import { testPrincipal } from '../../test/support/exchange.ts';
import { Fault } from '../core/fault.ts';
import { FileProblems } from '../core/strict-yaml.ts';
import { loadPolicies } from './loader.ts';
import type { Judgement, PolicySet, Question } from './policy-set.ts';

const CALLER = testPrincipal({
  orgId: 'o1',
  orgSlug: 'acme',
  teamId: 't1',
  userId: 'u1',
  keyId: 'k1',
  email: 'ann@acme.example',
  tags: { env: 'prod' },
});

function question(
  change: Partial<Question> & { model?: string; cap?: number; tools?: string[] } = {},
): Question {
  const { model = 'gpt-5', cap, tools = [], ...rest } = change;
  return {
    operation: 'chat',
    described: { model, stream: false, outputCapTokens: cap, choices: 1, tools, user: undefined },
    body: {},
    tags: CALLER.tags,
    nowMs: Date.UTC(2026, 10, 20, 12),
    ...rest,
  };
}

async function load(t: Test, policies: string, unmatched: 'allow' | 'deny' = 'allow'): Promise<PolicySet> {
  const folder = t.testdir({ 'a.yaml': `version: 1\npolicies:\n${policies}` });
  return (await loadPolicies(folder, unmatched)).set;
}

function judge(set: PolicySet, asked: Question, caller = CALLER): Judgement | Fault {
  try {
    return set.judge(caller, asked);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function refusal(outcome: Judgement | Fault | undefined): string | undefined {
  return outcome instanceof Fault ? `${outcome.code} ${outcome.message}` : undefined;
}

test('every rule refuses what it forbids and names itself, the limit and what to do', async (t) => {
  const table: { rules: string; ok: Question; bad: Question; says: RegExp }[] = [
    {
      rules: 'models: { deny: ["*-preview"] }',
      ok: question(),
      bad: question({ model: 'o9-preview' }),
      says: /policy_denied Refused by policy "p": the model "o9-preview" is not allowed/,
    },
    {
      rules: 'parameters: { max_output_tokens: 100, above_cap: refuse }',
      ok: question({ cap: 100 }),
      bad: question({ cap: 101 }),
      says: /101 output tokens were asked for; ask for at most 100/,
    },
    {
      rules: 'parameters: { temperature: { min: 0, max: 1 } }',
      ok: question({ body: { temperature: 1 } }),
      bad: question({ body: { temperature: 1.5 } }),
      says: /temperature must be at least 0 and at most 1/,
    },
    {
      rules: 'parameters: { forbid: [logit_bias] }',
      ok: question(),
      bad: question({ body: { logit_bias: {} } }),
      says: /the field "logit_bias" may not be sent/,
    },
    {
      rules: 'parameters: { require: [user] }',
      ok: question({ body: { user: 'u' } }),
      bad: question(),
      says: /the field "user" must be sent/,
    },
    {
      rules: 'tools: { allow: ["search_*"], deny: [search_all] }',
      ok: question({ tools: ['search_web'] }),
      bad: question({ tools: ['search_web', 'search_all'] }),
      says: /the tool "search_all" is not allowed/,
    },
    {
      rules: 'tools: { max: 1 }',
      ok: question({ tools: ['a'] }),
      bad: question({ tools: ['a', 'b'] }),
      says: /2 tools were offered; offer at most 1/,
    },
  ];
  for (const { rules, ok, bad, says } of table) {
    const set = await load(t, `  - { id: p, ${rules} }`);
    t.equal(refusal(judge(set, ok)), undefined, `${rules} lets through`);
    t.match(refusal(judge(set, bad)), says, rules);
  }
});

test('rules on targets: models, providers and regions', async (t) => {
  const set = await load(
    t,
    `  - id: p
    models: { allow: ["gpt-*", "claude/opus"], deny: ["*-audio"] }
    providers: { deny: [shady] }
    regions: { allow: ["eu-*"] }`,
  );
  const { verdict } = set.judge(CALLER, question({ model: 'any alias' }));
  const permits = (provider: string, model: string, region: string | undefined): string | undefined =>
    verdict.permits({ provider, model, region })?.message;
  t.equal(permits('openai', 'gpt-5', 'eu-west'), undefined);
  t.equal(permits('claude', 'opus', 'eu-west'), undefined);
  t.match(permits('other', 'opus', 'eu-west'), /model "other\/opus" is not allowed/);
  t.match(permits('openai', 'gpt-audio', 'eu-west'), /not allowed/, 'deny wins over allow');
  t.match(permits('shady', 'gpt-5', 'eu-west'), /provider "shady" is not allowed/);
  t.match(permits('openai', 'gpt-5', 'us-east'), /data may not go to region "us-east".*allowed: eu-\*/);
  t.match(permits('openai', 'gpt-5', undefined), /region of provider "openai" is not known/);
});

test('all matching policies apply: the smallest cap, the strictest obligations, intersecting allow lists', async (t) => {
  const set = await load(
    t,
    `  - { id: a, models: { allow: ["gpt-*"] }, parameters: { max_output_tokens: 500 }, cache: { ttl_seconds: 60 }, pii: { request: { email: mask } } }
  - { id: b, models: { allow: ["*-mini"] }, parameters: { max_output_tokens: 300 }, cache: { ttl_seconds: 30 }, pii: { request: { email: block } } }
  - { id: c, unpriced: refuse, on_disconnect: drain }
  - { id: d, unpriced: allow, on_disconnect: cancel }
  - { id: e, enforce: false, parameters: { max_output_tokens: 1 }, models: { deny: ["*"] } }`,
  );
  const { verdict, outputCapTokens } = set.judge(CALLER, question({ cap: 400 }));
  t.equal(outputCapTokens, 300);
  t.equal(verdict.cache?.ttlMs, 30_000);
  t.equal(verdict.unpriced, 'refuse');
  t.equal(verdict.onDisconnect, 'drain');
  t.same(verdict.policies, ['a', 'b', 'c', 'd', 'e (report)']);
  t.match(verdict.redaction, { request: { email: 'block' } });
  const allowed = ['gpt-5', 'gpt-5-mini', 'o9-mini'].filter(
    (model) => verdict.permits({ provider: 'openai', model, region: undefined }) === undefined,
  );
  t.same(allowed, ['gpt-5-mini']);
  t.equal(set.judge(CALLER, question({ cap: 200 })).outputCapTokens, undefined, 'a lower cap stays');
  const embedding = question({ operation: 'embeddings' });
  t.equal(set.judge(CALLER, embedding).outputCapTokens, undefined, 'nothing to cap in embeddings');
});

test('a policy concerns whom it names, and nobody else', async (t) => {
  const audiences: [string, boolean][] = [
    ['{ orgs: [acme] }', true],
    ['{ orgs: [o1] }', true],
    ['{ orgs: ["ac*"] }', true],
    ['{ orgs: [other] }', false],
    ['{ teams: [t1] }', true],
    ['{ users: ["*@acme.example"] }', true],
    ['{ users: [u1] }', true],
    ['{ users: [u2] }', false],
    ['{ keys: [k1], teams: [t2] }', false],
    ['{ tags: [env=prod] }', true],
    ['{ tags: ["env=dev*", "tier=1"] }', false],
    ['{ tags: ["constructor=*"] }', false],
    ['{ endpoints: [chat, messages] }', true],
    ['{ endpoints: [embeddings] }', false],
    ['{ models: ["gpt-*"] }', true],
    ['{ models: ["claude-*"] }', false],
  ];
  for (const [audience, expected] of audiences) {
    const set = await load(t, `  - { id: p, for: ${audience} }`);
    t.equal(set.judge(CALLER, question()).verdict.policies.includes('p'), expected, audience);
  }
  const set = await load(t, '  - { id: p, for: { teams: ["*"] } }');
  const loner = { ...CALLER, teamId: null };
  t.same(set.judge(loner, question()).verdict.policies, [], 'a list never matches who has no team');
});

test('conditions see the request, the principal, tags and the time in a zone', async (t) => {
  const conditions: [string, boolean][] = [
    ['request.model.startsWith("gpt") && !request.stream', true],
    ['has(request.output_cap) && request.output_cap > 10', false],
    ['principal.role == "member" && principal.org == "acme"', true],
    ['"env" in tags && tags.env == "prod"', true],
    ['has(tags.nothing)', false],
    ['has(tags.constructor)', false],
    ['request.tools.exists(t, t == "shell")', false],
    ['hour(now, "Europe/Berlin") == 13 && weekday(now, "Europe/Berlin") == 5', true],
    ['hour(now, "Asia/Kolkata") == 17', true],
    ['now > timestamp("2026-01-01T00:00:00Z")', true],
  ];
  for (const [when, expected] of conditions) {
    const set = await load(t, `  - id: p\n    when: '${when}'`);
    t.equal(set.judge(CALLER, question()).verdict.policies.includes('p'), expected, when);
  }
});

test('a condition that cannot be answered refuses the request and says which field to ask for', async (t) => {
  const enforced = await load(
    t,
    `  - { id: strict, when: 'request.output_cap > 5', cache: { ttl_seconds: 1 } }`,
  );
  t.match(
    refusal(judge(enforced, question())),
    /policy_denied Refused by policy "strict": its condition cannot be answered .*No such key: output_cap; ask has\(\) first/,
  );
  const reported = await load(t, `  - { id: shadow, when: 'request.output_cap > 5', enforce: false }`);
  t.same(reported.judge(CALLER, question()).verdict.policies, ['shadow (report)']);
});

test('no matching policy: allowed by default, refused where the settings say so', async (t) => {
  const policies = '  - { id: p, for: { models: ["gpt-*"] } }\n  - { id: r, enforce: false }';
  const other = question({ model: 'claude' });
  t.equal(refusal(judge(await load(t, policies), other)), undefined);
  const strict = await load(t, policies, 'deny');
  t.match(refusal(judge(strict, other)), /No policy allows this request, and policies.default is "deny"/);
  t.equal(refusal(judge(strict, question())), undefined);
});

test('limits and budgets are known by principal alone, the same array each time', async (t) => {
  const set = await load(
    t,
    `  - id: p
    for: { orgs: [acme] }
    limits: [{ per: key, requests_per_minute: 10 }]
    budgets: [{ id: monthly, scope: org, window: month, amount_usd: "12.50" }]
  - { id: q, enforce: false, limits: [{ per: org, concurrent_requests: 1 }] }`,
  );
  t.match(set.limitsFor(CALLER), [{ policy: 'p', per: 'key', requests_per_minute: 10 }]);
  t.equal(set.limitsFor(CALLER).length, 1, 'what is only reported does not limit');
  t.match(set.budgetsFor(CALLER), [{ id: 'policy/p/monthly', amount_usd: '12.50', hard: true }]);
  t.equal(set.limitsFor(CALLER), set.limitsFor(CALLER));
  t.same(set.budgetsFor({ ...CALLER, orgId: 'o2', orgSlug: 'other' }), []);
});

test('budgets of an organisation are those of enforced policies that count any of its callers', async (t) => {
  const budget = (id: string) => `budgets: [{ id: ${id}, scope: key, window: day, amount_usd: "1" }]`;
  const set = await load(
    t,
    `  - { id: red, for: { orgs: [acme], teams: [red] }, ${budget('a')} }
  - { id: all, ${budget('b')} }
  - { id: planned, enforce: false, ${budget('c')} }`,
  );
  const idsOf = (orgSlug: string) => set.budgetsOf('o', orgSlug).map(({ id, policy }) => [id, policy]);
  t.same(idsOf('acme'), [
    ['policy/red/a', 'red'],
    ['policy/all/b', 'all'],
  ]);
  t.same(idsOf('other'), [['policy/all/b', 'all']]);
});

test('what is wrong with a file is said with line, column, path and a hint', async (t) => {
  const wrong: [string, RegExp][] = [
    [
      '  - { id: p, modls: { allow: [x] } }',
      /a\.yaml:3:14 policies\[0\]\.modls: unknown field "modls"; did you mean "models"\?/,
    ],
    [
      '  - id: p\n    models:\n      alow: [x]',
      /a\.yaml:5:7 policies\[0\]\.models\.alow: unknown field "alow"; did you mean "allow"\?/,
    ],
    [
      '  - { id: p, for: { endpoints: [chta] } }',
      /a\.yaml:3:33 policies\[0\]\.for\.endpoints\[0\]: .*did you mean "chat"\?/,
    ],
    ['  - { id: p }\n  - { id: p }', /a\.yaml:4:7 policies\[1\]\.id: "p" stands in .*a\.yaml already/],
    ['  - { id: p, models: {} }', /a\.yaml:3:14 .*set allow, deny or both/],
    ["  - { id: p, when: 'request.modl == 1' }", /a\.yaml:3:14 policies\[0\]\.when: No such key: modl/],
    ["  - { id: p, when: 'request.model' }", /gives string, not true or false/],
    ["  - { id: p, when: 'nobody == 1' }", /Unknown variable: nobody/],
    ['  - { id: p, when: \'request.model.matches("(a+)+$")\' }', /matches\(\) is refused; use startsWith/],
    [
      "  - { id: p, when: 'request.tools.all(a, request.tools.all(b, a == b))' }",
      /all\(\) inside another loop is refused/,
    ],
    ['  - { id: p, when: \'now.getHours("Europe/Berlin") > 1\' }', /use hour\(now, zone\)/],
    ['  - { id: p, when: \'hour(now, "Mars/Base") > 1\' }', /"Mars\/Base" is not an IANA time zone/],
    [`  - { id: p, when: '${'true || '.repeat(400)}true' }`, /longer than 2000 characters/],
    [
      '  - id: p\n    when: "true"\n    limits: [{ per: key, requests_per_minute: 1 }]',
      /a\.yaml:4:5 policies\[0\]\.when: cannot stand beside limits, which are taken before the request is read/,
    ],
    [
      '  - id: p\n    for: { models: [x] }\n    budgets: [{ id: b, scope: org, window: day, amount_usd: "1" }]',
      /policies\[0\]\.for\.models: cannot stand beside budgets/,
    ],
    ['  - { id: p, for: { orgs: [*] } }', /a\.yaml:3:\d+ .*must be quoted/],
    ['  - { id: p', /a\.yaml:\d+:\d+ /],
  ];
  for (const [policies, says] of wrong) {
    const error = await load(t, policies).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    t.type(error, FileProblems, policies);
    t.match(error instanceof Error ? error.message : '', says);
  }
});

test('a tenant cannot fill the memory by steering which policies match', async (t) => {
  const many = Array.from({ length: 12 }, (_, n) => `  - { id: p${n}, when: 'has(tags.t${n})' }`).join('\n');
  const set = await load(t, many);
  for (let mask = 0; mask < 4096; mask++) {
    const tags: Record<string, string> = {};
    for (let bit = 0; bit < 12; bit++) if (mask & (1 << bit)) tags[`t${bit}`] = '';
    const { verdict } = set.judge(CALLER, question({ tags }));
    if (verdict.policies.length !== Object.keys(tags).length) t.fail(`wrong verdict for ${mask}`);
  }
  t.pass();
});

test('what was answered before is never the answer to another question', async (t) => {
  const conditions = [
    'request.model.startsWith("gpt") && request.operation == "chat"',
    '!request.stream || tags.env == "prod"',
    'has(tags.team) && tags.team == "x"',
    'has(request.user) && request.user == "u"',
    'has(request.output_cap) && request.output_cap > 10',
    '"shell" in request.tools',
    'request.tools.exists(request, request == "shell")',
    'now.getHours() < 12',
  ];
  const entries = conditions.map((when, index) => `  - { id: p${index}, when: ${JSON.stringify(when)} }\n`);
  const questions = fc
    .record({
      operation: fc.constantFrom('chat' as const, 'embeddings' as const),
      model: fc.constantFrom('gpt-5', 'claude'),
      stream: fc.boolean(),
      user: fc.constantFrom('u', 'v', undefined),
      cap: fc.constantFrom(1, 100, undefined),
      tools: fc.constantFrom(['shell'], []),
      tags: fc.constantFrom(CALLER.tags, { env: 'dev' }, { env: 'prod', team: 'x' }),
      hour: fc.constantFrom(3, 15),
    })
    .map(({ operation, model, stream, user, cap, tools, tags, hour }) => {
      const asked = question({ operation, tags, nowMs: Date.UTC(2026, 10, 20, hour) });
      return {
        ...asked,
        described: { ...asked.described, model, stream, user, tools, outputCapTokens: cap },
      };
    });
  for (const chosen of [entries.slice(0, 3), entries]) {
    const set = await load(t, chosen.join(''));
    const fresh = await load(t, chosen.join(''));
    const matched = (of: PolicySet, asked: Question, caller = CALLER) => {
      const outcome = judge(of, asked, caller);
      return outcome instanceof Fault ? outcome.message : outcome.verdict.policies.join();
    };
    fc.assert(
      fc.property(fc.array(questions, { minLength: 2, maxLength: 12 }), (asked) =>
        // another principal object has nothing kept for it
        asked.every((one) => matched(set, one) === matched(fresh, one, { ...CALLER })),
      ),
    );
  }
});
