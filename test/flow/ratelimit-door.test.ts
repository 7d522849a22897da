/** Guessing keys is slowed down per address; whoever has a valid one is never locked out by it. */
import t from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';

const gateway = await startGateway(t, { server: { trust_proxy: ['127.0.0.1'] } });
const BODY = { model: 'sim-echo', messages: [{ role: 'user', content: 'hi' }] };
const LIMIT = 30;

async function ask(path: string, key: string, from: string, requestId = 'ask') {
  const headers = { 'x-forwarded-for': from, 'x-request-id': requestId };
  const response = await post(gateway, path, BODY, { key, headers });
  return { status: response.status, headers: response.headers, body: JSON.parse(await readAll(response)) };
}

t.test('past thirty refused keys a minute an address is told to slow down', async (t) => {
  for (let n = 0; n < LIMIT; n++) {
    const path = n % 2 === 0 ? '/v1/chat/completions' : '/v1/messages';
    const { status } = await ask(path, `slk_guess${n}`, '192.0.2.1', `guess-${n}`);
    if (status !== 401) t.fail(`${status} at ${n}`);
  }
  const openai = await ask('/v1/chat/completions', 'slk_guess', '192.0.2.1');
  t.match(openai, {
    status: 429,
    body: { error: { code: 'rate_limit_exceeded', message: /30 requests with refused keys/ } },
  });
  const wait = Number(openai.headers.get('retry-after'));
  t.ok(wait > 0 && wait <= 60, `retry-after: ${wait}`);
  const anthropic = await ask('/v1/messages', 'slk_guess', '192.0.2.1');
  t.match(anthropic, { status: 429, body: { type: 'error', error: { type: 'rate_limit_error' } } });
  const admin = await fetch(`${gateway.origin}/api/v1/orgs/demo`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer slk_guess', 'x-forwarded-for': '192.0.2.1' },
  });
  t.equal(admin.status, 429, 'the admin API counts with it');
  await readAll(admin);
});

t.test('what was refused until then is recorded, the flood after it is only counted', async (t) => {
  const rows = await gateway.auditOf('guess-0');
  t.match(rows, [{ fault: 'invalid_api_key', remote_address: '192.0.2.1' }]);
  const text = await (await fetch(`${gateway.origin}/metrics`)).text();
  const counted = [...text.matchAll(/^sluice_requests_total\{.*fault="rate_limit_exceeded".*\} (\d+)$/gm)];
  t.strictSame(
    counted.map(([, count]) => count),
    ['1', '1'],
    'once in each dialect',
  );
  // written after the flood: once it is there, nothing of the flood is on its way
  await post(gateway, '/v1/chat/completions', BODY, { headers: { 'x-request-id': 'after' } }).then(readAll);
  await gateway.auditOf('after');
  const flood = await gateway.query("SELECT FROM audit_events WHERE fault = 'rate_limit_exceeded'");
  t.equal(flood.length, 0);
});

t.test('a valid key from that address works, and other addresses are not concerned', async (t) => {
  const { status } = await ask('/v1/chat/completions', gateway.key, '192.0.2.1');
  t.equal(status, 200);
  t.equal((await ask('/v1/chat/completions', 'slk_guess', '192.0.2.2')).status, 401);
});

t.test('an address that is only claimed counts where no proxy vouches for it', async (t) => {
  const open = await startGateway(t, { server: { key_failures_per_minute: 3 } });
  const statuses: number[] = [];
  for (let n = 0; n < 5; n++) {
    const response = await post(open, '/v1/chat/completions', BODY, {
      key: 'slk_guess',
      headers: { 'x-forwarded-for': `192.0.2.${n}` },
    });
    statuses.push(response.status);
    await readAll(response);
  }
  t.same(statuses, [401, 401, 401, 429, 429]);
});
