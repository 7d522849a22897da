/** Mirrored requests: the candidate's answer is thrown away, its cost is kept, and nobody waits for it. */
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything, streamed, streamOf } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let candidateReply: UpstreamReply = { chunks: [chat.whole] };
const main = await startUpstream(t, ({ body }) =>
  JSON.parse(body).stream ? streamed(streamOf(chat, 'hello')) : { chunks: [chat.whole] },
);
const candidate = await startUpstream(t, () => candidateReply);
const mirror = (percent: number) => ({
  targets: [{ provider: 'main', model: 'm' }],
  mirror: { provider: 'candidate', model: 'new', percent },
});
const gateway = await startGateway(
  t,
  {
    providers: {
      main: everything(main.url, { region: 'eu' }),
      candidate: everything(candidate.url, { region: 'us' }),
    },
    models: { watched: mirror(100), half: mirror(50), never: mirror(0) },
    prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
  },
  {
    policies: `
version: 1
policies:
  - id: stays
    when: 'has(request.user) && request.user == "resident"'
    regions: { allow: [eu] }
`,
  },
);

async function ask(model: string, stream = false, more: object = {}) {
  const response = await post(gateway, chat.path, { ...chat.ask(model, stream), ...more });
  return { response, text: await readAll(response), id: response.headers.get('x-request-id') ?? '' };
}

t.test('the candidate is asked the same, and has a record and a usage line of its own', async (t) => {
  const { response, id } = await ask('watched');
  t.equal(response.headers.get('x-sluice-attempts'), '1', 'the client sees nothing of it');
  const [audit] = await gateway.auditOf(`${id}.mirror`);
  t.match(audit, { outcome: 'done', details: { attempts: ['candidate/new (mirror)'] } });
  t.match(await gateway.usageOf(`${id}.mirror`), [
    { provider: 'candidate', model: 'new', input_tokens: 7, output_tokens: 5, cost_pico_usd: '12000000' },
  ]);
  t.match(await gateway.usageOf(id), [{ provider: 'main', model: 'm' }]);
  t.match(JSON.parse(candidate.requests.at(-1)?.body ?? ''), { model: 'new' });
});

t.test('a candidate that hangs delays nobody, and a stream is asked for whole', async (t) => {
  candidateReply = { ending: 'silent' };
  const before = candidate.requests.length;
  const { text } = await ask('watched', true);
  t.match(text, /hello/);
  await until(async () => candidate.requests.length > before);
  const body = JSON.parse(candidate.requests.at(-1)?.body ?? '');
  t.strictSame([body.stream, body.stream_options], [false, undefined]);
  candidateReply = { chunks: [chat.whole] };
});

t.test('a candidate that fails is asked once', async (t) => {
  candidateReply = { status: 500, chunks: ['{}'] };
  const { id, response } = await ask('watched');
  t.equal(response.status, 200);
  t.match(await gateway.usageOf(`${id}.mirror`), [{ outcome: 'failed', reason: 'provider_error' }]);
  candidateReply = { chunks: [chat.whole] };
});

t.test(
  'a candidate that reports no usage, or breaks off, is billed by estimate (bifrost#3357)',
  async (t) => {
    const { usage: _unsaid, ...mute } = JSON.parse(chat.whole);
    mute.choices[0].message.content = 'word '.repeat(40);
    for (const [reply, output] of [
      [{ chunks: [JSON.stringify(mute)] }, true],
      [{ chunks: ['{"choices":[{'] }, true],
      [{ chunks: ['{"choices":[{'], ending: 'cut' }, false],
    ] as const) {
      candidateReply = reply;
      const { id } = await ask('watched');
      const [line] = await gateway.usageOf(`${id}.mirror`);
      t.match(line, { usage_source: 'estimated' });
      t.ok(Number(line?.input_tokens) > 0 && Number(line?.cost_pico_usd) > 0);
      t.equal(Number(line?.output_tokens) > 0, output);
    }
  },
);

t.test('rules on regions hold for the candidate; what a provider keeps is not made twice', async (t) => {
  const before = candidate.requests.length;
  await ask('watched', false, { user: 'resident' });
  await ask('watched', false, { store: true });
  await ask('never');
  const { id } = await ask('watched');
  await gateway.auditOf(`${id}.mirror`);
  t.equal(candidate.requests.length, before + 1, 'only the last one');
});
