/** Several keys of one provider: shared by weight, and a refused or limited one is not the end of a request. */
import t from 'tap';
import { testExchange } from '../support/exchange.ts';
import { chat } from '../upstream/answers.ts';
import { compatible, testGateway } from '../upstream/gateway.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const OK: UpstreamReply = { chunks: [chat.whole] };
const KEYS = [
  { name: 'a', key: 'key-a', weight: 1 },
  { name: 'b', key: 'key-b', weight: 1 },
  { name: 'c', key: 'key-c', weight: 1 },
];

for (const [status, headers] of [
  [401, {}],
  [429, { 'retry-after': '60' }],
] as const) {
  t.test(`a key that gets a ${status} is parked, and the next one is tried at once`, async (t) => {
    const upstream = await startUpstream(t, ({ headers: sent }) =>
      sent.authorization === 'Bearer key-a'
        ? { status, headers, chunks: ['{"error":{"message":"no"}}'] }
        : OK,
    );
    const gateway = testGateway(t, { p: compatible(upstream.url, { api_key: KEYS }) });
    const x = testExchange();
    t.equal(await gateway.call(x), undefined);
    t.strictSame(
      x.attempts.map((attempt) => attempt.status),
      [status, 200],
      'each attempt is seen',
    );
    for (let index = 0; index < 4; index++) {
      const next = testExchange();
      t.equal(await gateway.call(next), undefined);
      t.equal(next.attempts.length, 1, 'nobody asks with the parked key again');
    }
  });
}

t.test('when every key is refused, each has been tried once and the client hears why', async (t) => {
  const upstream = await startUpstream(t, () => ({
    status: 401,
    chunks: ['{"error":{"message":"bad key-a"}}'],
  }));
  const gateway = testGateway(t, { p: compatible(upstream.url, { api_key: KEYS }) });
  const x = testExchange();
  const fault = await gateway.call(x);
  t.match(fault, { code: 'provider_auth_failed' });
  t.notMatch(fault?.message, /key-a/);
  t.strictSame(
    upstream.requests.map(({ headers }) => headers.authorization),
    ['Bearer key-a', 'Bearer key-b', 'Bearer key-c'],
  );
});

t.test('a provider without a key for the organisation says so, and sends nothing', async (t) => {
  const upstream = await startUpstream(t, [OK]);
  const gateway = testGateway(t, { p: { kind: 'openai', base_url: upstream.url, api_key: [] } });
  t.match(await gateway.call(testExchange()), { code: 'provider_auth_failed', message: /no key/ });
  t.equal(upstream.requests.length, 0);
});
