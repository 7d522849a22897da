/**
 * Bodies that no honest client sends: each gets a precise error in the client's dialect (or goes through), none a
 * 500, none stops the gateway, and nothing of their text is in the log or the database.
 */
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { post, raw, readAll, request } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import {
  chat,
  everything,
  messages,
  responses,
  streamed,
  streamOf,
  WIRES,
  type Wire,
} from '../upstream/answers.ts';
import { startUpstream } from '../upstream/upstream.ts';

const MARKER = 'Zq7marker9x';
const wireOf = (path: string): Wire => WIRES.find((wire) => wire.path === path) ?? chat;
const upstream = await startUpstream(t, ({ path, body }) => {
  const wire = wireOf(path);
  return JSON.parse(body).stream === true ? streamed(streamOf(wire, 'ok')) : { chunks: [wire.whole] };
});
const POLICIES = `
version: 1
policies:
  - id: watched
    description: Everything that looks into a body is on.
    when: request.model != "never" && !("x" in tags)
    parameters: { max_output_tokens: 1000 }
    pii: { request: { email: pseudonymise }, answer: { email: mask } }
  - id: counted
    description: Every counter counts.
    limits: [{ per: key, requests_per_minute: 100000, tokens_per_minute: 100000000 }]
    budgets: [{ id: b, scope: org, window: total, amount_usd: "100" }]
`;
const settings = {
  providers: { p: everything(upstream.url) },
  prices: { overrides: [{ model: '*', input: '0.01', output: '0.01' }] },
};
const watched = await startGateway(t, settings, { policies: POLICIES });
const plain = await startGateway(t, settings);
const GATEWAYS = { plain, watched };

interface Expected {
  readonly status: number;
  readonly code?: string;
  readonly message?: RegExp;
}

/** What must hold of every answer to every one of them. */
function sound(t: Test, wire: Wire, name: string, status: number, text: string, expected: Expected): void {
  t.equal(status, expected.status, name);
  if (status < 400) return;
  const body = JSON.parse(text);
  t.type(body.error?.message, 'string', `${name}: an error in the client's dialect`);
  if (wire === messages) t.equal(body.type, 'error', name);
  else if (expected.code !== undefined) t.equal(body.error.code, expected.code, name);
  if (expected.message) t.match(body.error.message, expected.message, name);
  t.notMatch(text, MARKER, `${name}: the text is not quoted`);
}

const nest = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);
const invalid = (status = 400, code = 'invalid_json'): Expected => ({ status, code });

const UNREADABLE: Record<string, string | Uint8Array> = {
  empty: '',
  'white space': '  \n',
  'an opening brace': '{',
  'cut in a string': `{"model":"m","messages":[{"role":"user","content":"${MARKER}`,
  'trailing text': `{"model":"m"} ${MARKER}`,
  'two objects': '{"model":"m"}{"model":"m"}',
  'single quotes': `{'model':'${MARKER}'}`,
  NaN: '{"model":"m","temperature":NaN}',
  comment: `{"model":"m" /* ${MARKER} */}`,
  array: '[{"model":"m"}]',
  null: 'null',
  string: `"${MARKER}"`,
  'invalid UTF-8': Buffer.concat([
    Buffer.from(`{"model":"m","x":"${MARKER}`),
    Buffer.from([0xff, 0xc3, 0x28]),
    Buffer.from('"}'),
  ]),
  'UTF-16': Buffer.from(`{"model":"m","x":"${MARKER}"}`, 'utf16le'),
  'a raw control character': `{"model":"m","x":"${MARKER}\n"}`,
  'half a surrogate in bytes': Buffer.concat([
    Buffer.from('{"model":"'),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from('"}'),
  ]),
};

t.test('a body that is no JSON object is refused as such', async (t) => {
  for (const [name, body] of Object.entries(UNREADABLE)) {
    for (const wire of WIRES) {
      const response = await post(plain, wire.path, body);
      sound(t, wire, name, response.status, await readAll(response), invalid());
    }
  }
});

/** JSON text whose `…` is replaced by what makes a body of each dialect. */
const ODD: Record<string, { readonly text: string; readonly expected: Expected }> = {
  'a hundred thousand arrays': {
    text: `{…,"x":${nest(100_000, '[', ']')}}`,
    expected: { status: 400, message: /nest|deep/i },
  },
  'a hundred thousand objects': {
    text: `{…,"metadata":${nest(100_000, '{"a":', '}').replace('}', '1}')}}`,
    expected: { status: 400, message: /nest|deep/i },
  },
  'arrays within reason': { text: `{…,"x":${nest(60, '[', ']')}}`, expected: { status: 200 } },
  'a number beyond doubles': {
    text: `{…,"max_tokens":1e400,"max_output_tokens":1e400}`,
    expected: { status: 400, code: 'invalid_request', message: /max_/ },
  },
  'a number beyond integers': {
    text: `{…,"max_tokens":123456789012345678901234567890,"max_output_tokens":123456789012345678901234567890}`,
    expected: { status: 400, code: 'invalid_request', message: /max_/ },
  },
  'numbers nobody reads': {
    text: `{…,"seed":-1e-400,"temperature":1e999,"x":0.1e-7}`,
    expected: { status: 200 },
  },
  '__proto__ and constructor': {
    text: `{…,"__proto__":{"model":"other","stream":true},"constructor":{"prototype":{"x":1}},"toString":1,"hasOwnProperty":1}`,
    expected: { status: 200 },
  },
  'NUL and lone surrogates': {
    text: `{…,"user":"a\\u0000b\\ud800c","metadata":{"\\u0000":"\\udfff"}}`,
    expected: { status: 200 },
  },
  'the same member twice': {
    text: `{…,"model":"m"}`,
    expected: { status: 400, code: 'invalid_request', message: /"model".*twice/ },
  },
  'the same member twice, deep inside': {
    text: `{…,"metadata":{"a":"${MARKER}","\\u0061":"b"}}`,
    expected: { status: 400, message: /twice/ },
  },
};

const inside = (wire: Wire, stream: boolean): string => JSON.stringify(wire.ask('m', stream)).slice(1, -1);

t.test('odd JSON is refused with the reason or goes through whole', async (t) => {
  for (const [kind, gateway] of Object.entries(GATEWAYS)) {
    for (const [name, { text, expected }] of Object.entries(ODD)) {
      for (const wire of WIRES) {
        for (const stream of [false, true]) {
          const body = text.replace('…', inside(wire, stream));
          const response = await post(gateway, wire.path, body);
          sound(t, wire, `${kind} ${wire.id}: ${name}`, response.status, await readAll(response), expected);
        }
      }
    }
  }
});

const MODELS: Record<string, Expected & { readonly model: unknown }> = {
  'not of Latin-1': { model: '模型😀', status: 200 },
  'with a line end': { model: 'm\r\nx-evil: 1', status: 200 },
  'with a NUL and a lone surrogate': { model: 'm\0\ud800', status: 200 },
  'very long': { model: 'm'.repeat(20_000), status: 200 },
  'a prototype': { model: '__proto__', status: 200 },
  empty: { model: '', status: 400, code: 'invalid_request', message: /model/ },
  'a number': { model: 1, status: 400, code: 'invalid_request', message: /model/ },
  'an object': { model: { a: MARKER }, status: 400, code: 'invalid_request', message: /model/ },
  'an unknown prompt': { model: '@prompt/none', status: 404, code: 'prompt_not_found', message: /none/ },
  'a strange prompt': { model: `@prompt/../../${'x'.repeat(300)}`, status: 400, message: /prompt/i },
};

t.test('a model of any name is answered or refused, and breaks no header', async (t) => {
  for (const [kind, gateway] of Object.entries(GATEWAYS)) {
    for (const [name, expected] of Object.entries(MODELS)) {
      for (const wire of WIRES) {
        for (const stream of [false, true]) {
          const response = await post(gateway, wire.path, {
            ...wire.ask('m', stream),
            model: expected.model,
          });
          sound(t, wire, `${kind} ${wire.id}: ${name}`, response.status, await readAll(response), expected);
          t.equal(response.headers.get('x-evil'), null);
        }
      }
    }
  }
  const catalogue = await startGateway(t);
  const unknown = await post(
    catalogue,
    chat.path,
    chat.ask(`no-${MARKER}`.replace(MARKER, 'such-model'), false),
  );
  sound(t, chat, 'an unknown model', unknown.status, await readAll(unknown), {
    status: 404,
    code: 'model_not_found',
    message: /no-such-model.*\/v1\/models/,
  });
});

t.test('only JSON as such is taken', async (t) => {
  const body = JSON.stringify(chat.ask('m', false));
  const types: [Record<string, string>, number][] = [
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, 415],
    [{ 'content-type': 'application/jsonp' }, 415],
    [{ 'content-type': 'x'.repeat(4000) }, 415],
    [{ 'content-encoding': 'gzip' }, 415],
    [{ 'content-encoding': 'gzip, br' }, 415],
    [{ 'content-type': 'application/json; charset=utf-8' }, 200],
    [{ 'content-type': 'Application/JSON' }, 200],
    [{ 'content-type': 'application/vnd.api+json' }, 200],
    [{ 'content-encoding': 'identity' }, 200],
  ];
  for (const [headers, status] of types) {
    const sent = headers['content-encoding']?.startsWith('gzip') ? gzipSync(body) : body;
    const response = await post(plain, chat.path, sent, { headers });
    sound(
      t,
      chat,
      JSON.stringify(headers).slice(0, 60),
      response.status,
      await readAll(response),
      status === 200 ? { status } : { status, code: 'unsupported_media_type' },
    );
  }
  const none = await raw(
    plain.origin,
    request('POST', messages.path, { 'x-api-key': plain.key, 'content-length': String(body.length) }, body),
  );
  sound(t, messages, 'none', none.status, none.body, {
    status: 415,
    message: /content-type: application\/json/,
  });
});

const LARGE = 50 * 1024 * 1024;

t.test('a body of 50 MB is refused, and its sender reads why', async (t) => {
  const large = Buffer.alloc(LARGE, 0x20);
  const lengths = { 'with its length': large, chunked: undefined };
  for (const [name, body] of Object.entries(lengths)) {
    for (const wire of [chat, messages]) {
      const response = await fetch(`${plain.origin}${wire.path}`, {
        method: 'POST',
        headers: { 'x-api-key': plain.key, 'content-type': 'application/json' },
        body: body ?? pieces(large),
        duplex: 'half',
      } as RequestInit);
      sound(t, wire, `fetch, ${name}`, response.status, await readAll(response), {
        status: 413,
        code: 'body_too_large',
        message: /server\.body_limit_bytes/,
      });
    }
  }
  const head = (more: Record<string, string>): string =>
    request('POST', chat.path, { 'x-api-key': plain.key, 'content-type': 'application/json', ...more });
  const counted = await raw(plain.origin, head({ 'content-length': String(LARGE) }), large);
  sound(t, chat, 'socket, with its length', counted.status, counted.body, {
    status: 413,
    code: 'body_too_large',
  });
  const chunk = Buffer.concat([
    Buffer.from(`${LARGE.toString(16)}\r\n`),
    large,
    Buffer.from('\r\n0\r\n\r\n'),
  ]);
  const chunked = await raw(plain.origin, head({ 'transfer-encoding': 'chunked' }), chunk);
  sound(t, chat, 'socket, chunked', chunked.status, chunked.body, { status: 413, code: 'body_too_large' });
  const polite = await raw(plain.origin, head({ 'content-length': String(LARGE), expect: '100-continue' }));
  t.equal(polite.status, 413, 'who asks first is told without having sent it');
  const stranger = await raw(
    plain.origin,
    head({ 'x-api-key': 'slk_none', 'content-length': String(LARGE) }),
  );
  t.equal(stranger.status, 401, 'nothing of a stranger’s body is waited for');
});

const PIECE = 1 << 20;

function pieces(bytes: Buffer): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, at + PIECE));
      at += PIECE;
    },
  });
}

t.test('a body that never comes to its end is recorded once, as abandoned', async (t) => {
  const head = (id: string, more: Record<string, string>): string =>
    request('POST', chat.path, {
      authorization: `Bearer ${plain.key}`,
      'content-type': 'application/json',
      'x-request-id': id,
      ...more,
    });
  await raw(plain.origin, head('cut-1', { 'content-length': '1000' }), `{"model":"${MARKER}"`, undefined);
  await raw(plain.origin, head('cut-2', { 'transfer-encoding': 'chunked' }), `5\r\n{"mod\r\n`, undefined);
  await raw(plain.origin, head('cut-3', { 'transfer-encoding': 'chunked' }), `5\r\n{"mod\r\nZZ\r\n`);
  for (const id of ['cut-1', 'cut-2', 'cut-3'])
    t.match(await plain.auditOf(id), [{ outcome: 'abandoned', fault: 'client_closed_request' }], id);
});

t.test('afterwards all is well, and nothing that was written is kept', async (t) => {
  const secret = `please call ${MARKER}`;
  for (const wire of [chat, responses, messages]) {
    const body = JSON.stringify(wire.ask('m', true)).replaceAll('"hello"', JSON.stringify(secret));
    const response = await post(watched, wire.path, body, {
      headers: { cookie: MARKER, 'user-agent': MARKER },
    });
    t.equal(response.status, 200);
    await readAll(response);
  }
  await watched.auditOf(
    (await post(watched, chat.path, chat.ask('m', false))).headers.get('x-request-id') ?? '',
  );
  for (const gateway of [plain, watched]) {
    t.match(await (await fetch(`${gateway.origin}/healthz`)).json(), { status: 'alive' });
    t.notMatch(gateway.logged(), /"level":50|internal/, 'no fault of the gateway');
    t.notMatch(gateway.logged(), MARKER);
    t.notMatch(gateway.logged(), gateway.key);
    t.notMatch(await (await fetch(`${gateway.origin}/metrics`)).text(), new RegExp(MARKER));
    const tables = await gateway.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    for (const { relname } of tables) {
      const rows = await gateway.query(
        `SELECT 1 FROM "${relname}" AS r WHERE r::text LIKE $1 OR r::text LIKE $2`,
        [`%${MARKER}%`, `%${gateway.key}%`],
      );
      t.equal(rows.length, 0, `${relname}: no text of a request and no key`);
    }
  }
});
