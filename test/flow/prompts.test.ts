import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { AdminRoute } from '../../src/admin/route.ts';
import { Fault } from '../../src/core/fault.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { Call } from '../../src/gateway/stage.ts';
import { organisations } from '../../src/identity/schema.ts';
import { openPromptRegistry, type PromptRegistry, type PromptUse } from '../../src/prompts/index.ts';
import { promptRoutes } from '../../src/prompts/routes.ts';
import { resolvePrompt } from '../../src/prompts/stage.ts';
import { watchChanges } from '../../src/storage/changes.ts';
import type { Database } from '../../src/storage/database.ts';
import { freshDatabase, silent } from '../support/database.ts';
import { DIALECT_OF, testArrival, testPrincipal } from '../support/exchange.ts';
import { until } from '../support/until.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const clock = { now: () => NOW, elapsed: () => 0 };
const ACME = { orgId: '01890000-0000-7000-8000-00000000000a', orgSlug: 'acme' };
const OTHER = { orgId: '01890000-0000-7000-8000-00000000000b', orgSlug: 'other' };
const DEMO = testPrincipal({ orgId: '01890000-0000-7000-8000-00000000000d', orgSlug: 'demo' });

/** The registry of files alone, without a database. */
async function fileRegistry(t: Test, folder: string): Promise<PromptRegistry> {
  const db = { load: async () => ({ slugs: new Map(), byOrg: new Map() }) } as unknown as Database;
  const changes = {
    watch: (_: string, reload: () => Promise<void>) => reload(),
    close: async () => undefined,
  };
  const registry = await openPromptRegistry({ db, changes, folder });
  t.teardown(() => registry.close());
  return registry;
}

function enter(
  registry: PromptRegistry,
  body: JsonObject,
  {
    operation = 'chat' as keyof typeof DIALECT_OF,
    principal = DEMO,
    header = undefined as string | undefined,
  } = {},
) {
  const x = {
    ...testArrival({ operation, headers: header === undefined ? {} : { 'x-sluice-prompt': header } }),
    principal,
    call: new Call(body, DIALECT_OF[operation].describe(body)),
    prompt: null as PromptUse | undefined | null,
  };
  resolvePrompt({ registry }).enter(x);
  return x;
}

function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault)
      return `${error.status} ${error.code} ${error.details.param}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

const PARCEL = [
  { role: 'user', content: 'Where is my parcel?' },
  { role: 'assistant', content: 'May I have your order number?' },
];

test('chat: the template comes first, the caller follows; unlocked parameters of the caller win', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const x = enter(registry, {
    model: '@prompt/support-reply',
    prompt_variables: { company: 'Acme', known_issues: ['snow', 'strike'] },
    messages: [{ role: 'user', content: 'No. 7' }],
    temperature: 1,
    max_completion_tokens: 50,
    seed: 5,
  });
  t.same(x.call.body, {
    model: 'sim-fast',
    messages: [
      { role: 'system', content: 'You answer customers of Acme in English. Known issues: snow, strike.' },
      ...PARCEL,
      { role: 'user', content: 'No. 7' },
    ],
    temperature: 0.2,
    max_completion_tokens: 50,
    seed: 5,
    tools: [
      {
        type: 'function',
        function: {
          name: 'find_order',
          description: 'Looks up an order by its number.',
          parameters: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
        },
      },
    ],
  });
  t.match(x.call, {
    changed: true,
    described: { model: 'sim-fast', tools: ['find_order'], outputCapTokens: 50 },
  });
  t.same(x.prompt, { name: 'support-reply', version: 2, label: 'production' });
  t.equal(x.answerHeaders['x-sluice-prompt'], 'support-reply@2; label=production');
});

test('responses: instructions and input, with the prompt object of OpenAI and its id as an alias', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const x = enter(
    registry,
    {
      model: 'gpt-5',
      prompt: { id: 'pmpt_68a1f0c2', version: '2', variables: { company: 'Acme', language: 'German' } },
      instructions: 'Never shout.',
      input: 'No. 7',
    },
    { operation: 'responses' },
  );
  t.match(x.call.body, {
    model: 'gpt-5',
    instructions: /^You answer customers of Acme in German\.\s+Never shout\.$/,
    input: [...PARCEL, { role: 'user', content: 'No. 7' }],
    max_output_tokens: 400,
    tools: [{ type: 'function', name: 'find_order' }],
  });
  t.notOk('prompt' in x.call.body);
  t.equal(x.answerHeaders['x-sluice-prompt'], 'support-reply@2');
});

test('messages: system and turns in the words of Anthropic', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const x = enter(
    registry,
    {
      model: 'claude',
      max_tokens: 100,
      system: [{ type: 'text', text: 'Never shout.' }],
      messages: [{ role: 'user', content: 'No. 7' }],
      tools: [{ name: 'find_order', input_schema: { type: 'object' } }],
      prompt_id: 'support-reply',
      prompt_variables: { company: 'Acme' },
    },
    { operation: 'messages' },
  );
  t.match(x.call.body, {
    model: 'claude',
    max_tokens: 100,
    system: [{ type: 'text', text: /^You answer customers of Acme in English/ }, { text: 'Never shout.' }],
    messages: [...PARCEL, { role: 'user', content: 'No. 7' }],
    tools: [{ name: 'find_order', input_schema: { type: 'object' } }],
  });
  t.equal((x.call.body.tools as unknown[]).length, 1, "the caller's own tool of that name is used");
});

test('the header names a prompt for clients that can change nothing else', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const body = { model: 'gpt-5', messages: [], prompt_variables: { company: 'Acme' } };
  const x = enter(registry, body, { header: 'support-reply:previous' });
  t.match(x.call.body, {
    model: 'gpt-5',
    messages: [{ content: 'You answer customers of Acme. Be brief.' }],
  });
  t.same(x.prompt, { name: 'support-reply', version: 1, label: 'previous' });
});

test('a request without a prompt passes as it came', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const x = enter(registry, { model: 'gpt-5', messages: [] });
  t.equal(x.prompt, undefined);
  t.equal(x.call.changed, false);
});

test('what cannot be resolved is refused, never passed through (litellm#38404, litellm#41735)', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const ask = (model: string, variables: JsonObject = { company: 'x' }, principal = DEMO): string =>
    refused(() => enter(registry, { model, messages: [], prompt_variables: variables }, { principal }));
  t.match(ask('@prompt/nothing'), /^404 prompt_not_found model: There is no prompt "nothing"/);
  t.match(ask('@prompt/support-reply@9'), /^404 .* has no version 9\. Its newest version is 2/);
  t.match(
    ask('@prompt/support-reply:canary'),
    /^404 .* has no label "canary"\. Its labels: previous, production/,
  );
  t.match(ask('@prompt/support-reply', {}), /^422 prompt_invalid prompt_variables\.company/);
  t.match(ask('@prompt/support-reply', { company: 'x', nope: 1 }), /^422 .*has no variable "nope"/);
  t.match(
    ask('@prompt/support-reply', { company: 'x' }, testPrincipal(ACME)),
    /^404 prompt_not_found/,
    "another organisation's prompt does not exist",
  );
});

test('later stages write into the body, and the version stays as it is', async (t) => {
  const registry = await fileRegistry(t, 'docs/examples/prompts');
  const ask = () =>
    enter(registry, { model: '@prompt/support-reply', messages: [], prompt_variables: { company: 'A' } }).call
      .body as { messages: { content: string }[]; tools: { function: { parameters: JsonObject } }[] };
  const first = ask();
  for (const message of first.messages) message.content = 'spoilt';
  for (const tool of first.tools) tool.function.parameters.properties = 'spoilt';
  t.notMatch(JSON.stringify(ask()), /spoilt/);
});

test('a bad prompt file is said with its line, and the last good folder goes on', async (t) => {
  const folder = t.testdir({
    'a.yaml':
      'version: 1\nname: a\nversions:\n  - { version: 1, messages: [{ role: user, content: hi }] }\nlabels: { production: 1 }',
  });
  const registry = await fileRegistry(t, folder);
  t.same(registry.listed(DEMO), ['@prompt/a']);
  await writeFile(
    join(folder, 'b.yaml'),
    'version: 1\nname: b\nversions:\n  - version: 1\n    messages:\n      - role: user\n        content: "{{ a"\nlabels: { production: 2 }',
  );
  await until(() => registry.fileError() !== undefined);
  t.match(registry.fileError(), /b\.yaml:7:9 versions\[0\]\.messages\[0\]\.content: .*not closed/);
  t.match(registry.fileError(), /b\.yaml:8:11 labels\.production: there is no version 2 in this file/);
  t.same(registry.listed(DEMO), ['@prompt/a']);
  await rm(join(folder, 'b.yaml'));
  await until(() => registry.fileError() === undefined);
});

test('prompts in Postgres: written over the admin API, seen by every node within a second', async (t) => {
  const { url, db } = await freshDatabase(t);
  await db.platform((tx) =>
    tx.insert(organisations).values([
      { id: ACME.orgId, slug: 'acme', name: 'Acme' },
      { id: OTHER.orgId, slug: 'other', name: 'Other' },
    ]),
  );
  const changes = watchChanges({ url, db, log: silent });
  t.teardown(() => changes.close());
  const folder = t.testdir({
    'greet.yaml':
      'version: 1\nname: greet\nversions: [{ version: 7, model: m, messages: [{ role: user, content: from file }] }]\nlabels: { production: 7 }',
  });
  const registry = await openPromptRegistry({ db, changes, folder });
  t.teardown(() => registry.close());
  const routes = promptRoutes({ db, registry, clock });
  const acme = admin(routes, ACME);
  const other = admin(routes, OTHER);
  const ask = (model: string, org = ACME, variables: JsonObject = { who: 'Ann' }): JsonObject =>
    enter(registry, { model, messages: [], prompt_variables: variables }, { principal: testPrincipal(org) })
      .call.body;

  const shows = (model: string, text: string): boolean => {
    let body = '';
    refused(() => {
      body = JSON.stringify(ask(model));
    });
    return body.includes(text);
  };

  const template = { model: 'sim-fast', messages: [{ role: 'system', content: 'Greet {{ who }}' }] };
  const created = await acme('POST', '/orgs/:orgId/prompts', {
    name: 'greet',
    aliases: ['pmpt_1'],
    template,
  });
  t.match(created, {
    name: 'greet',
    source: 'database',
    newest_version: 1,
    versions: [{ created_by: 'key/test' }],
  });
  t.match(
    await acme('POST', '/orgs/:orgId/prompts', { name: 'pmpt_1' }),
    /^409 conflict name: Another prompt .* has "pmpt_1"/,
  );
  t.match(
    await acme('POST', '/orgs/:orgId/prompts/:name/versions', { template }, { name: 'greet' }),
    /^409 conflict template: Version 1 is exactly this template/,
  );
  t.match(
    await acme(
      'POST',
      '/orgs/:orgId/prompts/:name/versions',
      { template: { messages: [{ role: 'user', content: '{{' }] } },
      { name: 'greet' },
    ),
    /^422 prompt_invalid template\.messages\.0\.content/,
  );
  const second = { ...template, messages: [{ role: 'system', content: 'Welcome {{ who }}' }] };
  t.match(
    await acme('POST', '/orgs/:orgId/prompts/:name/versions', { template: second }, { name: 'greet' }),
    { version: 2 },
  );
  const labelPath = '/orgs/:orgId/prompts/:name/labels/:label';
  const production = { name: 'greet', label: 'production' };
  t.match(
    await acme('PUT', labelPath, { version: 3 }, production),
    /^404 prompt_not_found version: .*no version 3/,
  );
  t.same(await acme('PUT', labelPath, { version: 1 }, production), { labels: { production: 1 } });

  await until(() => shows('@prompt/pmpt_1@1', 'Greet Ann'));
  await until(() => shows('@prompt/greet', 'Greet Ann'));
  t.same(await acme('PUT', labelPath, { version: 2 }, production), { labels: { production: 2 } });
  await until(() => shows('@prompt/greet', 'Welcome Ann'));
  t.match(
    await acme(
      'POST',
      '/orgs/:orgId/prompts/:name/render',
      { version: 1, variables: { who: 'Bob' } },
      { name: 'greet' },
    ),
    {
      version: 1,
      messages: [{ role: 'system', content: 'Greet Bob' }],
    },
  );

  t.same(registry.listed(ACME), ['@prompt/greet']);
  t.match(await acme('GET', '/orgs/:orgId/prompts', undefined), {
    data: [{ name: 'greet', source: 'database' }],
  });
  t.match(
    JSON.stringify(ask('@prompt/greet@7', OTHER, {})),
    /from file/,
    'the other organisation has the file',
  );
  t.match(
    refused(() => ask('@prompt/pmpt_1', OTHER)),
    /^404 prompt_not_found/,
    'and nothing of this one',
  );
  t.match(await other('GET', '/orgs/:orgId/prompts/:name', undefined, { name: 'greet' }), {
    source: /greet\.yaml$/,
  });
  t.match(await other('PUT', labelPath, { version: 1 }, production), /^404 not_found/);

  // langfuse#10138, langfuse#7736: a removed label must not go on serving old text
  t.same(await acme('DELETE', labelPath, undefined, production), { labels: {} });
  await until(() => refused(() => ask('@prompt/greet')).startsWith('404'));
  t.match(
    refused(() => ask('@prompt/greet')),
    /has no label "production"\. It has no labels yet; set "production"/,
  );
  t.match(await acme('DELETE', labelPath, undefined, production), /^404 not_found/);

  t.match(
    await acme('PATCH', '/orgs/:orgId/prompts/:name', { archived: true, aliases: [] }, { name: 'greet' }),
    { archived: true },
  );
  await until(() => refused(() => ask('@prompt/greet@2')).includes('is archived'));
  t.same(registry.listed(ACME), []);
});

/** Calls a route as the admin API does, schemas included; a refusal comes back as text. */
function admin(routes: readonly AdminRoute[], org: typeof ACME) {
  return async (
    method: AdminRoute['method'],
    path: string,
    body: unknown,
    params: Record<string, string> = {},
  ): Promise<unknown> => {
    const route = routes.find((candidate) => candidate.method === method && candidate.path === path);
    if (route === undefined) throw new Error(`no route ${method} ${path}`);
    try {
      const { answer } = await route.handle({
        principal: testPrincipal(org),
        orgId: org.orgId,
        reach: 'all',
        params: route.params.parse(params),
        query: {},
        body: route.body?.parse(body),
        requestId: 'r',
      });
      return route.answer.parse(answer);
    } catch (error) {
      if (error instanceof Fault)
        return `${error.status} ${error.code} ${error.details.param}: ${error.message}`;
      throw error;
    }
  };
}
