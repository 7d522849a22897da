/** Every query of every dashboard, evaluated as Grafana would, against a gateway that has seen everything. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import pg from 'pg';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { reportsLogin } from '../support/database.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { type Prometheus, skipWithoutPrometheus, startPrometheus } from '../support/prometheus.ts';
import { until } from '../support/until.ts';
import { startUpstream } from '../upstream/upstream.ts';

interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly rawSql?: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
}

interface Variable {
  readonly name: string;
  readonly datasource: { readonly uid: string };
  readonly query: string | { readonly query: string };
  readonly allValue?: string;
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

const FOLDER = new URL('../../dashboards/', import.meta.url);
const PROVISIONED = new URL('../../deploy/grafana/provisioning/datasources/sluice.yaml', import.meta.url);

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const dashboards = new Map(
  files.map((name) => [name, JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Dashboard]),
);
const datasources = (
  parse(readFileSync(PROVISIONED, 'utf8')) as { datasources: { uid: string; type: string }[] }
).datasources;

t.test('the dashboards are whole: titles, descriptions, units, known datasources, no overlap', async (t) => {
  t.same(files.sort(), ['cost.json', 'health.json', 'latency.json', 'policy.json', 'usage.json']);
  t.equal(new Set([...dashboards.values()].map(({ uid }) => uid)).size, files.length);
  for (const [name, { description, panels, templating }] of dashboards) {
    t.ok(description, `${name} says what it is for`);
    t.equal(new Set(panels.map(({ id }) => id)).size, panels.length, `${name}: ids are unique`);
    const taken = new Set<string>();
    for (const panel of panels) {
      for (const cell of cells(panel)) {
        if (taken.has(cell)) t.fail(`${name}: ${panel.title} lies over another panel`);
        taken.add(cell);
      }
      if (panel.type === 'row') continue;
      t.ok(panel.title && panel.description, `${name}: ${panel.title} has a title and a description`);
      t.ok(panel.fieldConfig?.defaults.unit, `${name}: ${panel.title} has a unit`);
      t.ok(panel.targets?.length, `${name}: ${panel.title} asks something`);
    }
    const asked = [
      ...templating.list.map(({ datasource }) => datasource.uid),
      ...panels.flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource.uid)),
    ];
    const known = datasources.map(({ uid }) => uid);
    t.same(
      asked.filter((uid) => !known.includes(uid)),
      [],
      `${name}: datasources are provisioned`,
    );
  }
});

function cells({ gridPos: { x, y, w, h } }: Panel): string[] {
  return Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`);
}

const POLICIES = `
version: 1
policies:
  - id: everyone
    unpriced: allow
    pii:
      request: { email: pseudonymise, credit_card: block, secret: mask }
    budgets:
      - { id: monthly, scope: org, window: month, amount_usd: "50" }
      - { id: per-key, scope: key, window: day, amount_usd: "5", hard: false }
  - id: forbidden
    models: { deny: [sim-slow] }
  - id: experiments
    when: has(tags.env) && tags.env == "experiment"
    cache: { ttl_seconds: 600 }
`;

const PROMPT = `
version: 1
name: greeting
versions:
  - version: 1
    model: sim-chat
    messages: [{ role: system, content: Greet. }]
labels: { production: 1 }
`;

const SETTINGS = {
  providers: {
    simulated: { kind: 'simulated', latency_ms: 3 },
    // nobody knows the price of its models
    local: { kind: 'openai-compatible', base_url: '', models: ['local-*'] },
  },
  models: {
    resilient: {
      targets: [
        { provider: 'simulated', model: 'sim-error-500' },
        { provider: 'simulated', model: 'sim-fast' },
      ],
    },
  },
  retries: { backoff_base_ms: 1, backoff_max_ms: 1 },
  budgets: { unpriced_under_hard_budget: 'allow' },
};

const LOCAL_ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'local-llm',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
  usage: {
    prompt_tokens: 12,
    completion_tokens: 3,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
};

/** A gateway with a team, a person, a prompt, a budget of each kind, and every kind of request, again and again. */
async function busyGateway(t: Test): Promise<{ gateway: TestGateway; traffic: () => Promise<void> }> {
  const upstream = await startUpstream(t, [{ chunks: [JSON.stringify(LOCAL_ANSWER)] }]);
  const folder = t.testdir({
    policies: { 'policies.yaml': POLICIES },
    prompts: { 'greeting.yaml': PROMPT },
  });
  const { local, ...others } = SETTINGS.providers;
  const gateway = await startGateway(t, {
    ...SETTINGS,
    providers: { ...others, local: { ...local, base_url: `${upstream.url}/v1` } },
    policies: { folder: join(folder, 'policies') },
    prompts: { folder: join(folder, 'prompts') },
  });
  const made = async (path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const { status, body: answer } = await gateway.admin('POST', `/orgs/demo${path}`, body);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const team = await made('/teams', { name: 'search', cost_center: '4711' });
  const user = await made('/users', { email: 'ada@demo.example', name: 'Ada', role: 'member' });
  await gateway.admin('PUT', `/orgs/demo/users/${user.id}/teams/${team.id}`, { role: 'member' });
  const key = await made('/keys', {
    name: 'shop',
    team_id: team.id,
    user_id: user.id,
    tags: { app: 'shop' },
  });
  const poor = await made('/keys', { name: 'poor' });
  await gateway.query(
    `INSERT INTO budgets (org_id, id, name, scope, scope_id, "window", timezone, amount_pico_usd)
     SELECT o.id, gen_random_uuid(), given.name, given.scope, given.scope_id::uuid, 'day', 'Europe/Berlin', given.amount
       FROM organisations o, (VALUES ('search team', 'team', $1, 1000000000000), ('nothing', 'key', $2, 0))
         AS given (name, scope, scope_id, amount)
      WHERE o.slug = 'demo'`,
    [team.id, poor.id],
  );
  return { gateway, traffic: () => everything(gateway.origin, String(key.key), String(poor.key)) };
}

/** One request of every kind; what comes of each is asserted elsewhere. */
async function everything(origin: string, key: string, poorKey: string): Promise<void> {
  const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 });
  const known = client(key);
  const ask = (model: string, content: string, env?: string) =>
    known.chat.completions.create(
      { model, messages: [{ role: 'user', content }] },
      env === undefined ? {} : { headers: { 'x-sluice-tags': `env=${env}` } },
    );
  const stream = async (): Promise<void> => {
    const chunks = await known.chat.completions.create({
      model: 'sim-fast',
      stream: true,
      messages: [{ role: 'user', content: 'stream' }],
    });
    for await (const chunk of chunks) void chunk;
  };
  await Promise.allSettled([
    ask('sim-chat', 'write to ada@demo.example'),
    ask('sim-chat', 'my card is 4111 1111 1111 1111'),
    ask('local-llm', 'unpriced'),
    ask('@prompt/greeting', 'hello'),
    ask('resilient', 'falls back'),
    ask('sim-error-500', 'fails'),
    ask('sim-slow', 'is forbidden'),
    ask('nobody-serves-this', 'is not found'),
    ask('sim-fast', 'is answered twice', 'experiment'),
    client(poorKey).embeddings.create({ model: 'sim-embed', input: 'has no money' }),
    known.embeddings.create({ model: 'sim-embed', input: 'embed this' }),
    client('slk_nobody').models.list(),
    stream(),
  ]);
}

/** Grafana's own variables and macros, and the dashboard's, all at "All". */
class Interpolation {
  readonly #values = new Map<string, string>();

  static async of({ templating }: Dashboard, prometheus: Prometheus, sql: pg.Client): Promise<Interpolation> {
    const made = new Interpolation();
    for (const { name, query, allValue } of templating.list) {
      const values =
        typeof query === 'string'
          ? (await sql.query<{ __value: string }>(query)).rows.map((row) => row.__value)
          : await prometheus.labelValues(...labelQuery(query.query));
      if (values.length === 0) throw new Error(`the variable ${name} offers nothing`);
      made.#values.set(`\${${name}:sqlstring}`, values.map((value) => `'${value}'`).join(','));
      if (allValue !== undefined) made.#values.set(`$${name}`, allValue);
    }
    return made;
  }

  promQl(expr: string): string {
    return this.#complete(expr.replaceAll('$__rate_interval', '15s').replaceAll('$__range', '1m'));
  }

  sql(text: string): string {
    const [from, to] = [Date.now() - 3600_000, Date.now() + 60_000].map((ms) => new Date(ms).toISOString());
    return this.#complete(
      text
        .replace(/\$__timeFilter\(([\w.]+)\)/g, (_, column) => `${column} BETWEEN '${from}' AND '${to}'`)
        .replace(
          /\$__timeGroupAlias\(([\w.]+),\s*\$__interval\)/g,
          (_, column) => `floor(extract(epoch from ${column})/15)*15 AS "time"`,
        ),
    );
  }

  #complete(text: string): string {
    let done = text;
    for (const [name, value] of this.#values) done = done.replaceAll(name, value);
    if (/\$(\w|\{)/.test(done)) throw new Error(`not a variable of this dashboard: ${done}`);
    return done;
  }
}

function labelQuery(text: string): [metric: string, label: string] {
  const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(text) ?? [];
  return [metric, label];
}

t.test(
  'no query of a dashboard errs or stays empty after traffic',
  { skip: skipWithoutPrometheus() },
  async (t) => {
    const { gateway, traffic } = await busyGateway(t);
    const prometheus = await startPrometheus(t, new URL(gateway.origin).host);
    const sql = new pg.Client({ connectionString: await reportsLogin(t, gateway.databaseUrl) });
    await sql.connect();
    t.teardown(() => sql.end());
    await traffic();
    await until(async () => (await prometheus.values('up{job="sluice"} == 1')).length === 1);
    await traffic();
    await until(async () => (await prometheus.values('rate(sluice_attempts_total[15s]) > 0')).length > 0);

    const unpriced = 'SELECT FROM usage_events WHERE cost_pico_usd IS NULL';
    await until(async () => (await sql.query(unpriced)).rows.length > 0);

    for (const [name, dashboard] of dashboards) {
      t.test(name, async (t) => {
        const interpolation = await Interpolation.of(dashboard, prometheus, sql);
        const answered = async ({ expr, rawSql }: Target): Promise<boolean> => {
          if (expr !== undefined)
            return (await prometheus.values(interpolation.promQl(expr))).some((value) =>
              Number.isFinite(value),
            );
          const { rows } = await sql.query(interpolation.sql(rawSql ?? ''));
          return rows.some((row) => Object.values(row).some((value) => value !== null));
        };
        for (const { title, targets = [] } of dashboard.panels) {
          for (const target of targets) {
            // a rate wants samples on both sides of an event: traffic goes on until the panel has something to show
            const shown = async () => (await answered(target)) || traffic().then(() => false);
            await until(shown, 30_000).then(
              () => t.pass(`${title}, ${target.refId}`),
              (error: Error) => t.fail(`${title}, ${target.refId}: ${error.message}`),
            );
          }
        }
      });
    }
  },
);
