/** Who shares a cached answer, what is put back into it, who waits for it, and what may mean the same. */
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, everything, streamed, streamOf } from '../upstream/answers.ts';
import { type Received, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let latencyMs = 0;
let failing = false;
const upstream = await startUpstream(t, (request): UpstreamReply => {
  if (request.path.endsWith('/embeddings')) return { chunks: [JSON.stringify(embedded(request))] };
  if (failing) return { status: 400, chunks: ['{"error":{"message":"no"}}'], latencyMs };
  const { stream, messages } = JSON.parse(request.body);
  const said = `you said ${messages.at(-1).content}`;
  if (stream) return { ...streamed(streamOf(chat, said)), latencyMs };
  const whole = JSON.parse(chat.whole);
  whole.choices[0].message.content = said;
  return { chunks: [JSON.stringify(whole)], latencyMs };
});

/** Questions about the weather lie in one direction, all others in another. */
function embedded({ body }: Received): object {
  const embedding = /weather|rain/.test(JSON.parse(body).input) ? [1, 0.05] : [0, 1];
  return {
    object: 'list',
    model: 'e',
    data: [{ object: 'embedding', index: 0, embedding }],
    usage: { prompt_tokens: 3, total_tokens: 3 },
  };
}

const gateway = await startGateway(
  t,
  {
    providers: { p: everything(upstream.url) },
    prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
    cache: { encryption_key: 'a secret that is long enough to be one' },
  },
  {
    policies: `
version: 1
policies:
  - id: keeps
    cache: { ttl_seconds: 60 }
    pii: { request: { email: pseudonymise } }
  - id: private
    when: has(tags.scope) && tags.scope == "key"
    cache: { ttl_seconds: 60, scope: key }
`,
  },
);
const other = await gateway.newKey({});

async function ask(text: string, { key = gateway.key, stream = false, scope = '' } = {}) {
  const headers = scope === '' ? {} : { 'x-sluice-tags': `scope=${scope}` };
  const body = { model: 'm', stream, messages: [{ role: 'user', content: text }] };
  const response = await post(gateway, chat.path, body, { key, headers });
  return {
    status: response.status,
    cache: response.headers.get('x-sluice-cache'),
    id: response.headers.get('x-request-id') ?? '',
    text: await readAll(response),
  };
}

t.test(
  'each caller gets their own words back: entries hold pseudonyms, never what they stand for',
  async (t) => {
    for (const stream of [false, true]) {
      const first = await ask('write to ann@example.com', { stream });
      const second = await ask('write to ann@example.com', { stream, key: other });
      t.strictSame([first.cache, second.cache], ['miss', 'hit']);
      for (const { text } of [first, second])
        t.match(text.replace(/"}.*?"content":"/gs, ''), /ann@example\.com/);
      const third = await ask('write to bob@example.com', { stream, key: other });
      t.equal(third.cache, 'miss', 'another person is another request');
      t.notMatch(third.text, /ann@/);
    }
    t.notMatch(upstream.requests.map(({ body }) => body).join(), /ann@|bob@/);
  },
);

t.test('where policy says so, an answer is shared by nobody else', async (t) => {
  const scope = 'key';
  t.equal((await ask('mine', { scope })).cache, 'miss');
  t.equal((await ask('mine', { scope })).cache, 'hit');
  t.equal((await ask('mine', { scope, key: other })).cache, 'miss');
});

t.test('of many equal requests at once one asks the provider', async (t) => {
  latencyMs = 150;
  const before = upstream.requests.length;
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => ask('all at once', { key: index % 2 ? other : gateway.key })),
  );
  t.equal(upstream.requests.length - before, 1);
  t.strictSame(answers.map(({ cache }) => cache).sort(), [...Array(7).fill('hit'), 'miss']);
  t.equal(new Set(answers.map(({ text }) => text)).size, 1);
});

t.test('a leader that fails sets the others free', async (t) => {
  latencyMs = 50;
  failing = true;
  const before = upstream.requests.length;
  const answers = await Promise.all([ask('fails'), ask('fails'), ask('fails')]);
  t.strictSame(
    answers.map(({ status }) => status),
    [400, 400, 400],
  );
  t.equal(upstream.requests.length - before, 3, 'each asks for itself');
  failing = false;
  latencyMs = 0;
  t.equal((await ask('fails')).cache, 'miss', 'a failure is not kept');
});

t.test(
  'questions that mean the same share an answer where policy wants it; each look is billed',
  async (t) => {
    const plain = upstream.requests.length;
    await ask('how is the weather?');
    t.ok(!upstream.requests.slice(plain).some(({ path }) => path.endsWith('/embeddings')), 'off by default');
    const semantic = await startGateway(
      t,
      {
        providers: { p: everything(upstream.url) },
        prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
      },
      {
        policies: `
version: 1
policies:
  - id: meaning
    cache: { ttl_seconds: 60, semantic: { model: e, threshold: 0.9 } }
`,
      },
    );
    const say = async (text: string, key = semantic.key, system = 'be kind') => {
      const messages = [
        { role: 'system', content: system },
        { role: 'user', content: text },
      ];
      const response = await post(semantic, chat.path, { model: 'm', messages }, { key });
      await readAll(response);
      const id = response.headers.get('x-request-id') ?? '';
      return { cache: response.headers.get('x-sluice-cache'), id };
    };
    const first = await say('how is the weather?');
    t.equal(first.cache, 'miss');
    const second = await say('will it rain?');
    t.equal(second.cache, 'hit');
    t.equal((await say('what is the time?')).cache, 'miss', 'not near enough');
    t.equal((await say('will it rain?', semantic.key, 'be rude')).cache, 'miss', 'another context');
    t.match(await semantic.usageOf(`${second.id}.embedding`), [{ operation: 'embeddings', input_tokens: 3 }]);
    t.match(await semantic.usageOf(second.id), [{ outcome: 'cached', saved_pico_usd: '12000000' }]);
    await semantic.admin('POST', '/orgs', { slug: 'other', name: 'Other' });
    const { body: made } = await semantic.admin('POST', '/orgs/other/keys', { name: 'k' });
    t.equal(
      (await say('will it rain?', String(made.key))).cache,
      'miss',
      'another organisation (litellm#29955)',
    );
  },
);
