/** Limits and budgets as a client meets them: status, words and headers of its own dialect, and when to come back. */
import OpenAI, { RateLimitError } from 'openai';
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything, streamed, streamOf, WIRES } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const upstream = await startUpstream(t, ({ path, body, headers }) => {
  const wire = WIRES.find((one) => one.path === path) ?? chat;
  if (headers['x-client-request-id'] === 'hang') return { ending: 'silent' };
  return JSON.parse(body).stream ? streamed(streamOf(wire, 'ok')) : { chunks: [wire.whole] };
});
const settings = {
  providers: { p: everything(upstream.url) },
  prices: { overrides: [{ model: '*', input: '1000', output: '1000' }] },
};
const limited = (rule: string) =>
  startGateway(t, settings, { policies: `version: 1\npolicies:\n  - id: limited\n    ${rule}\n` });

t.test('requests per minute: told before, refused after, per key', async (t) => {
  const gateway = await limited('limits: [{ per: key, requests_per_minute: 3 }]');
  for (const wire of WIRES) {
    const key = await gateway.newKey({});
    for (const left of ['2', '1', '0']) {
      const response = await post(gateway, wire.path, wire.ask('m', left === '1'), { key });
      t.equal(response.status, 200);
      t.equal(response.headers.get('x-ratelimit-limit-requests'), '3');
      t.equal(response.headers.get('x-ratelimit-remaining-requests'), left);
      t.match(response.headers.get('x-ratelimit-reset-requests'), /^(\d+m)?\d+(\.\d)?m?s$/);
      await readAll(response);
    }
    const calls = upstream.requests.length;
    const refused = await post(gateway, wire.path, wire.ask('m', false), { key });
    const body = JSON.parse(await readAll(refused));
    t.equal(refused.status, 429, wire.id);
    t.match(body.error, {
      type: 'rate_limit_error',
      message: /limit of 3 requests per minute for this key.*Try again in/,
    });
    t.equal(refused.headers.get('x-ratelimit-remaining-requests'), '0');
    const wait = Number(refused.headers.get('retry-after'));
    t.ok(wait >= 1 && wait <= 20, `retry-after ${wait}: one request is back after a third of a minute`);
    t.equal(refused.headers.get('x-should-retry'), 'true');
    t.equal(upstream.requests.length, calls, 'the provider hears nothing of it');
  }
});

t.test('tokens per minute: those that run hold what they may still write', async (t) => {
  const gateway = await limited('limits: [{ per: key, tokens_per_minute: 1000 }]');
  for (const wire of WIRES) {
    const key = await gateway.newKey({});
    const leave = new AbortController();
    const hanging = { key, signal: leave.signal, headers: { 'x-client-request-id': 'hang' } };
    const calls = upstream.requests.length;
    const body = {
      ...wire.ask('m', true),
      [wire.id === 'openai-responses' ? 'max_output_tokens' : 'max_tokens']: 450,
    };
    const answers = Array.from({ length: 8 }, () => post(gateway, wire.path, body, hanging));
    const statuses: number[] = [];
    for (const answer of answers)
      void answer.then(({ status }) => statuses.push(status)).catch(() => undefined);
    await until(() => statuses.length === 5);
    t.same(new Set(statuses), new Set([429]), `${wire.id}: refused at once`);
    // 450 and 450 leave a little, and the third one may overdraw
    await until(() => upstream.requests.length === calls + 3);
    leave.abort();
    await Promise.allSettled(answers);
    await until(async () => (await post(gateway, wire.path, wire.ask('m', false), { key })).status === 200);
  }
});

t.test('requests at once: the next one is refused until one has ended', async (t) => {
  const gateway = await limited('limits: [{ per: org, concurrent_requests: 2 }]');
  const leave = new AbortController();
  const hanging = { signal: leave.signal, headers: { 'x-client-request-id': 'hang' } };
  const calls = upstream.requests.length;
  const held = [1, 2].map(() =>
    post(gateway, chat.path, chat.ask('m', true), hanging).catch(() => undefined),
  );
  await until(() => upstream.requests.length === calls + 2);
  const refused = await post(gateway, chat.path, chat.ask('m', false));
  t.equal(refused.status, 429);
  t.match(JSON.parse(await readAll(refused)), {
    error: { code: 'concurrency_limit_exceeded', message: /2 requests of this organisation/ },
  });
  leave.abort();
  await Promise.all(held);
  await until(async () => (await post(gateway, chat.path, chat.ask('m', false))).status === 200);
});

t.test(
  'a budget that is used up: no SDK tries again, and the message says which and until when',
  async (t) => {
    const gateway = await limited(
      'budgets: [{ id: pocket, scope: key, window: day, amount_usd: "0.000001" }]',
    );
    for (const wire of WIRES) {
      const refused = await post(gateway, wire.path, wire.ask('m', true));
      const { error } = JSON.parse(await readAll(refused));
      t.equal(refused.status, 429, wire.id);
      t.equal(refused.headers.get('x-should-retry'), 'false');
      t.match(error.message, /pocket/);
      if (wire !== WIRES[2]) t.match(error, { type: 'insufficient_quota', code: 'budget_exceeded' });
    }
    let calls = 0;
    const client = new OpenAI({
      baseURL: `${gateway.origin}/v1`,
      apiKey: gateway.key,
      maxRetries: 3,
      fetch: (url, init) => {
        calls++;
        return fetch(url, init);
      },
    });
    const thrown = await client.chat.completions
      .create({ model: 'm', messages: [] })
      .catch((error: unknown) => error);
    t.ok(thrown instanceof RateLimitError);
    t.equal(calls, 1);
  },
);

t.test('limits of one model leave the others alone', async (t) => {
  const gateway = await limited('limits: [{ per: key, models: ["m-small"], requests_per_minute: 1 }]');
  const ask = async (model: string): Promise<number> => {
    const response = await post(gateway, chat.path, chat.ask(model, false));
    await readAll(response);
    return response.status;
  };
  t.equal(await ask('m-small'), 200);
  t.equal(await ask('m-small'), 429);
  t.equal(await ask('m-other'), 200);
  t.equal(await ask('m-other'), 200);
});
