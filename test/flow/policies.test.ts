import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { parse } from 'yaml';
import schema from '../../policies/policy.schema.json' with { type: 'json' };
import type { JsonObject } from '../../src/core/json.ts';
import { openAiChat } from '../../src/dialects/index.ts';
import { Call } from '../../src/gateway/stage.ts';
import {
  checkPolicies,
  openPolicies,
  type Policies,
  policyJsonSchema,
  type Verdict,
} from '../../src/policies/index.ts';
import { policyRoutes } from '../../src/policies/routes.ts';
import { applyPolicy } from '../../src/policies/stage.ts';
import { compileTemplate, templateSchema } from '../../src/prompts/template.ts';
import { testArrival, testPrincipal } from '../support/exchange.ts';
import { until } from '../support/until.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const clock = { now: () => NOW, elapsed: () => 0 };

const file = (rest: string): string => `version: 1\npolicies:\n  - id: p\n    ${rest}\n`;

async function open(t: Test, files: Record<string, string>): Promise<{ folder: string; policies: Policies }> {
  const folder = t.testdir(files);
  const policies = await openPolicies({ folder, unmatched: 'allow', clock });
  t.teardown(() => policies.close());
  return { folder, policies };
}

const ids = (policies: Policies): string[] => policies.current().policies.map(({ id }) => id);

test('a changed folder is in force soon after, new, replaced and removed files alike', async (t) => {
  const { folder, policies } = await open(t, { 'a.yaml': file('unpriced: allow') });
  const before = policies.state().version;
  await writeFile(join(folder, 'b.yaml'), 'version: 1\npolicies: [{ id: q }]');
  await until(() => ids(policies).length === 2);
  t.not(policies.state().version, before);
  await writeFile(join(folder, 'next'), file('unpriced: refuse'));
  await rename(join(folder, 'next'), join(folder, 'a.yaml'));
  await until(() => policies.current().policies[0]?.entry.unpriced === 'refuse');
  await rm(join(folder, 'b.yaml'));
  await until(() => ids(policies).length === 1);
  t.same(ids(policies), ['p']);
});

test('a bad file is refused as part of a whole set: the last good set stays in force, and the state says why', async (t) => {
  const { folder, policies } = await open(t, { 'a.yaml': file('unpriced: allow') });
  const { version } = policies.state();
  const good = policies.current();
  await writeFile(join(folder, 'a.yaml'), file('unpriced: refuse'));
  await writeFile(join(folder, 'b.yaml'), file('unprized: refuse'));
  await policies.reload();
  t.equal(policies.current(), good, 'not even the good file of the set is taken');
  t.match(policies.state(), { ok: false, version, loadedAtMs: NOW });
  t.match(
    policies.state().error,
    /b\.yaml:4:5 policies\[0\]\.unprized: unknown field "unprized"; did you mean "unpriced"\?/,
  );
  await rm(join(folder, 'b.yaml'));
  await policies.reload();
  t.match(policies.state(), { ok: true, error: undefined });
  t.equal(policies.current().policies[0]?.entry.unpriced, 'refuse');
});

test('at the start there is no last good set: a bad or missing folder is refused', async (t) => {
  const folder = t.testdir({ 'a.yaml': 'version: 2' });
  await t.rejects(openPolicies({ folder, unmatched: 'allow', clock }), /a\.yaml:1:1 version: /);
  await t.rejects(
    openPolicies({ folder: join(folder, 'polices'), unmatched: 'allow', clock }),
    /polices the folder cannot be read \(ENOENT\); create it, or set policies\.folder/,
  );
});

test('the starter policies hold their own examples', async (t) => {
  const report = await checkPolicies('policies', 'allow');
  t.same(report.problems, []);
  t.ok(report.cases >= 5);
});

test('the examples of docs/policies.md and docs/prompts.md are valid and hold', async (t) => {
  const yamlOf = async (path: string): Promise<string[]> =>
    [...(await readFile(path, 'utf8')).matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
  const [policy = '', cases = ''] = await yamlOf('docs/policies.md');
  const folder = t.testdir({ 'a.yaml': policy, 'a.cases.yaml': cases });
  t.same(await checkPolicies(folder, 'allow'), { policies: 1, cases: 1, problems: [] });
  const [version = ''] = await yamlOf('docs/prompts.md');
  t.ok(compileTemplate(templateSchema.parse(parse(version))));
});

test('a case that does not hold is reported with file, line and difference', async (t) => {
  const folder = t.testdir({
    'a.yaml': file('models: { deny: [x] }'),
    'a.cases.yaml': `version: 1
cases:
  - name: wrong
    request: { model: x }
    expect: { verdict: allow }
  - name: right
    request: { model: x }
    expect: { verdict: deny, denied_by: p }
  - name: on a target
    request: { model: alias }
    target: { provider: q, model: x }
    expect: { verdict: deny, denied_by: other }`,
  });
  const { cases, problems } = await checkPolicies(folder, 'allow');
  t.equal(cases, 3);
  t.match(problems, [
    { line: 3, message: /"wrong": expected allow, but: Refused by policy "p"/ },
    { line: 9, message: /"on a target": expected a refusal by "other"/ },
  ]);
  t.equal(problems.length, 2);
});

test('policies/policy.schema.json is what the code accepts', async (t) => {
  // regenerate it with: node src/main.ts policy schema > policies/policy.schema.json, then npm run format
  t.same(schema, JSON.parse(JSON.stringify(policyJsonSchema())));
});

test('the stage lowers the cap in the body and leaves bytes alone where it need not', async (t) => {
  const { policies } = await open(t, { 'a.yaml': file('parameters: { max_output_tokens: 100 }') });
  const stage = applyPolicy({ policies: () => policies.current(), clock });
  const enter = (body: JsonObject) => {
    const x = {
      ...testArrival(),
      principal: testPrincipal({ orgSlug: 'acme' }),
      call: new Call(body, openAiChat.describe(body)),
      prompt: undefined,
      verdict: null as Verdict | null,
    };
    stage.enter(x);
    return x;
  };
  const messages = [{ role: 'user', content: 'hi' }];
  const lowered = enter({ model: 'gpt-5', messages, max_completion_tokens: 500 });
  t.equal(lowered.call.changed, true);
  t.equal(lowered.call.described.outputCapTokens, 100);
  t.equal(lowered.call.body.max_completion_tokens, 100);
  t.same(lowered.verdict?.policies, ['p']);
  const kept = enter({ model: 'gpt-5', messages, max_completion_tokens: 50 });
  t.equal(kept.call.changed, false);
});

test('an organisation is shown the policies that concern it, and no others', async (t) => {
  const { policies } = await open(t, {
    'a.yaml': `version: 1
policies:
  - { id: all, description: everybody }
  - { id: mine, for: { orgs: [acme] } }
  - { id: theirs, for: { orgs: [other] } }`,
  });
  const [route] = policyRoutes({ policies: () => policies.current(), orgSlug: () => 'acme' });
  if (route === undefined) throw new Error('there is no such route');
  const { answer } = (await route.handle({
    principal: testPrincipal({ orgSlug: 'acme' }),
    orgId: 'o1',
    reach: 'all',
    params: {},
    query: {},
    body: undefined,
    requestId: 'r',
  })) as { answer: { data: { id: string }[] } };
  t.same(
    answer.data.map(({ id }) => id),
    ['all', 'mine'],
  );
});
