/** Keys of providers that an organisation brings along: sealed at rest, used at once, never shown. */
import t from 'tap';
import { post } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat } from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const SECRET = 'sk-own-hunter2hunter2hunter2';
const RENEWED = 'sk-own-renewed2renewed2';
const upstream = await startUpstream(t, [{ chunks: [chat.whole] }]);
const gateway = await startGateway(t, {
  providers: {
    open: { kind: 'groq', api_key: 'sk-of-the-gateway', base_url: upstream.url, models: ['m'] },
    bare: { kind: 'groq', api_key: [], base_url: upstream.url, models: ['only-own'] },
  },
  provider_keys: { encryption_keys: [{ id: 'k1', key: Buffer.alloc(32, 7).toString('base64') }] },
});
const KEYS = '/orgs/demo/provider-keys';

async function sent(model = 'm'): Promise<string | number> {
  const response = await post(gateway, chat.path, chat.ask(model, false));
  await response.arrayBuffer();
  return response.status === 200 ? (upstream.requests.at(-1)?.headers.authorization ?? '') : response.status;
}

let id = '';

t.test('a key that is brought is used from the next call on, and shown to nobody', async (t) => {
  t.equal(await sent(), 'Bearer sk-of-the-gateway');
  const made = await gateway.admin('POST', KEYS, { provider: 'open', name: 'ours', secret: SECRET });
  t.equal(made.status, 201);
  id = String(made.body.id);
  t.equal(await sent(), `Bearer ${SECRET}`);
  const list = await gateway.admin('GET', KEYS);
  t.match(list.body, { data: [{ id, provider: 'open', name: 'ours', state: 'ready', weight: 1 }] });
  t.notMatch(JSON.stringify([made, list]), /hunter2/);
  t.notMatch(gateway.logged(), /hunter2/);
  const [row] = await gateway.query('SELECT sealed_with, encode(sealed, $1) AS text FROM provider_keys', [
    'escape',
  ]);
  t.equal(row?.sealed_with, 'k1');
  t.notMatch(row?.text, /hunter2/);
});

t.test('the audit trail says who brought it, and not what it is', async (t) => {
  await until(async () => {
    const rows = await gateway.query("SELECT * FROM audit_events WHERE action = 'provider_keys.write'");
    return rows.length > 0;
  });
  const rows = await gateway.query("SELECT * FROM audit_events WHERE action = 'provider_keys.write'");
  t.match(JSON.stringify(rows), /"ours"/);
  t.notMatch(JSON.stringify(rows), /hunter2/);
});

t.test('renewed, switched off and deleted: each counts for the next call', async (t) => {
  const renewed = await gateway.admin('PATCH', `${KEYS}/${id}`, { secret: RENEWED, weight: 3 });
  t.match(renewed, { status: 200, body: { weight: 3, name: 'ours' } });
  t.equal(await sent(), `Bearer ${RENEWED}`);
  await gateway.admin('PATCH', `${KEYS}/${id}`, { enabled: false });
  t.equal(await sent(), 'Bearer sk-of-the-gateway');
  t.match((await gateway.admin('GET', KEYS)).body, { data: [{ state: 'disabled' }] });
  t.match(await gateway.admin('DELETE', `${KEYS}/${id}`), { status: 200, body: { deleted: true } });
  t.equal((await gateway.admin('DELETE', `${KEYS}/${id}`)).status, 404);
});

t.test('a change on another node is heard within a second', async (t) => {
  const made = await gateway.admin('POST', KEYS, { provider: 'open', name: 'ours', secret: SECRET });
  await gateway.query('UPDATE provider_keys SET enabled = false WHERE id = $1', [made.body.id]);
  await until(async () => (await sent()) === 'Bearer sk-of-the-gateway');
  await gateway.query('DELETE FROM provider_keys');
  t.pass();
});

t.test('a provider without a key of the gateway serves those who bring one', async (t) => {
  t.equal(await sent('only-own'), 404);
  await gateway.admin('POST', KEYS, { provider: 'bare', name: 'ours', secret: SECRET });
  t.equal(await sent('only-own'), `Bearer ${SECRET}`);
});

t.test('what cannot be a key is refused, without quoting it', async (t) => {
  for (const body of [
    { provider: 'open', name: 'x', secret: `${SECRET}\r\nx-evil: 1` },
    { provider: 'nobody', name: 'x', secret: SECRET },
    { provider: 'open', name: 'x', secret: SECRET, sercet: 1 },
    { provider: 'open', name: 'x', secret: SECRET, weight: 0 },
  ]) {
    const refused = await gateway.admin('POST', KEYS, body);
    t.ok(refused.status === 400 || refused.status === 422, JSON.stringify(refused.body));
    t.notMatch(JSON.stringify(refused.body), /hunter2/);
  }
  const twice = await gateway.admin('POST', KEYS, { provider: 'bare', name: 'ours', secret: SECRET });
  t.equal(twice.status, 409);
});

t.test('an organisation that brings no keys can only take them away', async (t) => {
  const refusal = { status: 403, body: { error: { code: 'permission_denied', message: /byok_allowed/ } } };
  const [kept] = (await gateway.admin('GET', KEYS)).body.data as { id: string }[];
  await gateway.admin('PATCH', '/orgs/demo', { byok_allowed: false });
  t.match(await gateway.admin('POST', KEYS, { provider: 'open', name: 'more', secret: SECRET }), refusal);
  t.match(await gateway.admin('PATCH', `${KEYS}/${kept?.id}`, { secret: RENEWED }), refusal);
  t.equal(await sent('only-own'), `Bearer ${SECRET}`, 'what is in use stays in use');
  t.match(await gateway.admin('PATCH', `${KEYS}/${kept?.id}`, { enabled: false }), { status: 200 });
  t.match(await gateway.admin('PATCH', `${KEYS}/${kept?.id}`, { enabled: true }), refusal);
  t.match(await gateway.admin('DELETE', `${KEYS}/${kept?.id}`), { status: 200 });
  await gateway.admin('PATCH', '/orgs/demo', { byok_allowed: true });
  t.match(await gateway.admin('POST', KEYS, { provider: 'open', name: 'more', secret: SECRET }), {
    status: 201,
  });
});
