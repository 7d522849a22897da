/**
 * Where data may not go, it does not go by any way: not as a fallback, hedge, probe, retry, mirror, embedding or stored
 * response, whether a policy forbids it or the organisation's data residency.
 */
import t, { type Test } from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything, responses, streamed, streamOf } from '../upstream/answers.ts';
import {
  type Received,
  startUpstream,
  type UpstreamReply,
  type UpstreamScript,
} from '../upstream/upstream.ts';

const answering = ({ path, body }: Received): UpstreamReply => {
  if (path.endsWith('/embeddings')) return { chunks: [EMBEDDED] };
  const wire = path.endsWith('/responses') ? responses : chat;
  return JSON.parse(body).stream ? streamed(streamOf(wire, 'hello')) : { chunks: [wire.whole] };
};
const EMBEDDED = JSON.stringify({
  object: 'list',
  model: 'e',
  data: [{ object: 'embedding', index: 0, embedding: [1, 0] }],
  usage: { prompt_tokens: 3, total_tokens: 3 },
});
const TOO_LONG: UpstreamReply = {
  status: 400,
  chunks: [
    '{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}',
  ],
};

/** What the providers at home say to model `m`; undefined: they answer. */
let trouble: { first: UpstreamReply; second?: UpstreamReply } | undefined;
const home =
  (which: 'first' | 'second'): UpstreamScript =>
  (request) => {
    const reply = JSON.parse(request.body).model === 'm' ? trouble?.[which] : undefined;
    return reply ?? answering(request);
  };
const first = await startUpstream(t, home('first'));
const second = await startUpstream(t, home('second'));
const us = await startUpstream(t, answering);
const nowhere = await startUpstream(t, answering);

const EVERYWHERE = {
  targets: [
    { provider: 'europe', model: 'm' },
    { provider: 'states', model: 'm' },
    { provider: 'unknown', model: 'm' },
    { provider: 'ireland', model: 'm' },
  ],
};
const gateway = await startGateway(
  t,
  {
    providers: {
      europe: everything(first.url, { region: 'eu' }),
      ireland: everything(second.url, { region: 'eu' }),
      states: everything(us.url, { region: 'us' }),
      unknown: everything(nowhere.url),
    },
    models: {
      plain: EVERYWHERE,
      hasty: { ...EVERYWHERE, first_byte_ms: 20 },
      hedged: { ...EVERYWHERE, hedge_after_ms: 5 },
      picky: { ...EVERYWHERE, fallback_on: ['context_length', 'content_policy'] },
      spread: { ...EVERYWHERE, strategy: 'weighted' },
      sticky: { ...EVERYWHERE, strategy: 'weighted', sticky: true },
      watched: {
        targets: [{ provider: 'europe', model: 'fine' }],
        mirror: { provider: 'states', model: 'new', percent: 100 },
      },
      kept: { targets: [{ provider: 'states', model: 'm' }] },
    },
    routing: { hedge_percent: 100, circuit: { min_calls: 5, open_ms: 1 } },
    retries: { max_attempts_per_target: 2, backoff_base_ms: 1, backoff_max_ms: 1 },
    prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
  },
  {
    policies: `
version: 1
policies:
  - id: residents
    when: '"home" in tags && tags.home == "eu"'
    regions: { allow: [eu] }
  - id: not-there
    when: '"home" in tags && tags.home == "not-us"'
    regions: { allow: ["*"], deny: [us] }
  - id: alike
    when: '"alike" in tags'
    cache: { ttl_seconds: 60, semantic: { model: states/embedder, threshold: 0.9 } }
`,
  },
);
await gateway.admin('POST', '/orgs', { slug: 'resident', name: 'Resident', data_residency: ['eu'] });
const { body: made } = await gateway.admin('POST', '/orgs/resident/keys', { name: 'k' });

/** Who may have its data in the eu only, and why. */
const RESIDENTS = [
  { rule: 'policy: allow eu', key: gateway.key, headers: { 'x-sluice-tags': 'home=eu' } },
  { rule: 'policy: deny us', key: gateway.key, headers: { 'x-sluice-tags': 'home=not-us' } },
  { rule: 'data residency', key: String(made.key), headers: { 'x-sluice-tags': 'home=far' } },
] as const;
const ANYONE = { key: gateway.key, headers: {} };

async function ask(
  who: { key: string; headers: object },
  model: string,
  { stream = false, wire = chat } = {},
) {
  const options = { key: who.key, headers: { ...who.headers } };
  const response = await post(gateway, wire.path, { ...wire.ask(model, stream) }, options);
  return { status: response.status, text: await readAll(response), id: response.headers.get('x-request-id') };
}

const abroad = (): number => us.requests.length + nowhere.requests.length;

const DOWN: UpstreamReply = { status: 503, chunks: ['{"error":{"message":"down"}}'] };
const SLOW: UpstreamReply = { chunks: [chat.whole], latencyMs: 60 };

/** With this trouble at home others are answered from elsewhere; nothing of a resident leaves. */
async function staysAtHome(t: Test, model: string, { stream = false } = {}): Promise<number> {
  const before = abroad();
  t.equal((await ask(ANYONE, model, { stream })).status, 200, 'others are answered');
  t.ok(abroad() > before, 'from elsewhere');
  let status = 0;
  for (const who of RESIDENTS) {
    const sent = abroad();
    const answer = await ask(who, model, { stream });
    t.ok(status === 0 || status === answer.status, 'all of them hear the same');
    status = answer.status;
    t.equal(abroad(), sent, `${who.rule}: nothing left`);
  }
  return status;
}

for (const [name, model, broken] of [
  ['fails', 'plain', DOWN],
  ['breaks off', 'plain', { ending: 'reset' }],
  ['rejects what others may take', 'picky', TOO_LONG],
  ['is slow', 'hasty', SLOW],
  ['is slow, and is asked beside another', 'hedged', SLOW],
] as const) {
  t.test(`a target at home ${name}: another one at home answers`, async (t) => {
    trouble = { first: broken };
    for (const stream of [false, true]) t.equal(await staysAtHome(t, model, { stream }), 200);
    trouble = undefined;
  });
}

t.test(
  'all at home fail, until their circuits are open and beyond: an error, and no probe elsewhere',
  async (t) => {
    trouble = { first: DOWN, second: DOWN };
    for (let round = 0; round < 4; round++) t.equal(await staysAtHome(t, 'plain'), 503);
    trouble = { first: TOO_LONG, second: TOO_LONG };
    t.equal(await staysAtHome(t, 'picky'), 400);
    trouble = undefined;
  },
);

t.test('shares of the traffic go to targets at home alone', async (t) => {
  for (const model of ['spread', 'sticky']) {
    const before = abroad();
    for (const who of RESIDENTS) {
      for (let n = 0; n < 8; n++) t.equal((await ask(who, model)).status, 200);
    }
    t.equal(abroad(), before);
  }
});

t.test('no mirror, and no embedding of a question', async (t) => {
  const before = abroad();
  for (const who of RESIDENTS) {
    const answer = await ask(who, 'watched');
    t.equal(answer.status, 200);
    const tags = { 'x-sluice-tags': `${who.headers['x-sluice-tags']},alike=yes` };
    t.equal((await ask({ key: who.key, headers: tags }, 'watched')).status, 200);
    t.equal(abroad(), before, who.rule);
  }
  const { id } = await ask(ANYONE, 'watched');
  await gateway.auditOf(`${id}.mirror`);
  t.equal(abroad(), before + 1, 'where nobody forbids it, it is sent');
  const alike = { key: gateway.key, headers: { 'x-sluice-tags': 'alike=yes' } };
  await gateway.auditOf(`${(await ask(alike, 'plain')).id}.embedding`);
  t.equal(us.requests.filter(({ path }) => path.endsWith('/embeddings')).length, 1);
});

t.test('nothing follows a response that a provider elsewhere keeps', async (t) => {
  const kept = await post(gateway, responses.path, { ...responses.ask('kept', false), store: true });
  const { id } = JSON.parse(await readAll(kept));
  const before = abroad();
  for (const who of RESIDENTS) {
    for (const model of ['kept', 'plain', 'states/m']) {
      const body = { ...responses.ask(model, false), previous_response_id: id };
      const answer = await post(gateway, responses.path, body, { key: who.key, headers: { ...who.headers } });
      t.match(String(answer.status), /^4\d\d$/, `${who.rule}: ${model}`);
      await readAll(answer);
    }
  }
  t.equal(abroad(), before);
});
