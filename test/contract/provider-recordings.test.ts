/**
 * What real providers answered, replayed over real sockets by a fake one: to clients of the same dialect and of every
 * other one, cut in odd places.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { Operation } from '../../src/dialects/dialect.ts';
import { KINDS } from '../../src/providers/index.ts';
import { DIALECT_OF, drain, testExchange } from '../support/exchange.ts';
import { testGateway } from '../upstream/gateway.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/data/exchanges');
const SKIP = existsSync(FOLDER) ? false : 'skipped: needs the recorded exchanges in ../shared/data/exchanges';

type ClientOperation = keyof typeof DIALECT_OF;

interface Exchange {
  readonly file: string;
  readonly kind: (typeof KINDS)[number]['id'];
  readonly operation: Operation;
  readonly model: string;
  readonly stream: boolean;
  readonly complete: boolean;
  /** Of the recorded call; undefined where it was not recorded. */
  readonly path: string | undefined;
  readonly body: JsonObject | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** What a recording calls them, and what they are here. */
const PROVIDERS: Readonly<Record<string, Exchange['kind']>> = {
  openai: 'openai',
  'azure-openai': 'azure-openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
  google: 'gemini',
  vertex: 'vertex',
  bedrock: 'bedrock',
  mistral: 'mistral',
  groq: 'groq',
  together: 'together',
  deepseek: 'deepseek',
  xai: 'xai',
  openrouter: 'openrouter',
  perplexity: 'perplexity',
  cerebras: 'cerebras',
  ollama: 'ollama',
  cohere: 'cohere',
};
const OPERATIONS: Readonly<Record<string, Operation>> = {
  chat: 'chat',
  completions: 'completions',
  embeddings: 'embeddings',
  responses: 'responses',
  moderations: 'moderations',
  messages: 'messages',
  count_tokens: 'count_tokens',
  generateContent: 'gemini',
  streamGenerateContent: 'gemini',
  converse: 'converse',
  'converse-stream': 'converse',
  'cohere.chat': 'cohere_chat',
  'ollama.chat': 'ollama_chat',
};
/** Formats of other APIs of the same providers. */
const FOREIGN = /^cohere\.(?!v2)|^ollama\.(?!native)|azure-openai\.|^bedrock\.invoke/;

function exchanges(): Exchange[] {
  if (SKIP !== false) return [];
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json') && file !== 'index.json')
    .flatMap((file) => exchange(file, JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))));
}

function exchange(file: string, recorded: JsonObject): Exchange[] {
  const kind = PROVIDERS[String(recorded.provider)];
  const operation = OPERATIONS[String(recorded.operation)];
  const { request, response } = recorded;
  const odd = FOREIGN.test(String(recorded.dialect)) || (kind === 'bedrock' && operation !== 'converse');
  if (kind === undefined || operation === undefined || odd) return [];
  if (!isJsonObject(response) || !isJsonObject(request)) return [];
  const { body_base64: base64, body_text: text, body } = response;
  const bytes =
    typeof base64 === 'string'
      ? Buffer.from(base64, 'base64')
      : Buffer.from(typeof text === 'string' ? text : JSON.stringify(body));
  const url = new URL(String(request.url));
  if (kind === 'gemini' && url.pathname.includes('/openai/')) return [];
  return [
    {
      file,
      kind,
      operation,
      model: decodeURIComponent(String(recorded.model || 'm')),
      stream: ['sse', 'eventstream', 'ndjson'].includes(String(response.kind)),
      complete: recorded.stream_complete !== false && !file.includes('midstream_error'),
      path: url.pathname + url.search,
      body: isJsonObject(request.body) ? request.body : undefined,
      status: Number(response.status),
      headers: headersOf(response),
      bytes,
    },
  ];
}

/** The types of some were removed from the recording. */
function headersOf({ headers, kind }: JsonObject): Record<string, string> {
  const given = isJsonObject(headers) ? (headers as Record<string, string>) : {};
  return kind === 'eventstream' ? { ...given, 'content-type': 'application/vnd.amazon.eventstream' } : given;
}

/** Where the API begins below the host, as the kind has it by default. */
const BASE: Partial<Record<Exchange['kind'], string>> = {
  openai: '/v1',
  gemini: '/v1beta',
  mistral: '/v1',
  groq: '/openai/v1',
  together: '/v1',
  xai: '/v1',
  openrouter: '/api/v1',
  cerebras: '/v1',
};

function settingsOf(kind: Exchange['kind'], url: string, path: string): object {
  switch (kind) {
    case 'azure-openai': {
      const version = new URL(path, url).searchParams.get('api-version');
      return { kind, endpoint: url, api_key: 'k', ...(version === null ? {} : { api_version: version }) };
    }
    case 'vertex': {
      const [, base = '', project = 'p', location = 'global'] =
        /^(.*)\/projects\/([^/]+)\/locations\/([^/]+)/.exec(path) ?? [];
      return { kind, credentials: 'ya29.x', project, location, base_url: `${url}${base}` };
    }
    case 'bedrock':
      return { kind, aws_region: 'us-east-1', api_key: 'k', base_url: url };
    case 'ollama':
      return { kind, host: url, api: path.startsWith('/api/') ? 'native' : 'compatible' };
    case 'cohere':
      return { kind, api_key: 'k', base_url: `${url}/v2`, api: 'v2' };
    default:
      return { kind, api_key: 'k', base_url: `${url}${BASE[kind] ?? ''}` };
  }
}

const CHUNKINGS: Readonly<Record<string, (bytes: Buffer) => Uint8Array[]>> = {
  whole: (bytes) => [bytes],
  odd: (bytes) => pieces(bytes, (n) => (n % 23) + 1),
  seven: (bytes) => pieces(bytes, () => 7),
};

function pieces(bytes: Buffer, lengthOf: (n: number) => number): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const length = bytes.length > 40_000 ? 1499 : lengthOf(n);
    cut.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cut;
}

const TEXT = { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }] };

/** The least that asks for anything. */
function ask(operation: ClientOperation, model: string, stream: boolean): JsonObject {
  if (operation === 'responses') return { model, stream, input: 'hello' };
  return { ...TEXT, model, stream };
}

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);

async function replay(one: Exchange, from: ClientOperation, chunking: string, body: JsonObject) {
  const gateway = testGateway(
    t,
    { p: settingsOf(one.kind, upstream.url, one.path ?? '') },
    {
      max_attempts_per_target: 1,
    },
  );
  const cut = CHUNKINGS[chunking]?.(one.bytes) ?? [];
  reply = { status: one.status, headers: one.headers, chunks: cut };
  const target = { provider: 'p', model: one.model, region: undefined };
  const x = testExchange({ operation: from, body, targets: [target] });
  const fault = await gateway.call(x);
  const source = x.answer?.source;
  const got = source === undefined ? undefined : await drain(source);
  gateway.settle(x, 'done');
  return {
    fault,
    text: got?.text ?? '',
    broken: got?.fault,
    usage: source?.usage?.(),
    sent: upstream.requests.at(-1),
  };
}

const all = exchanges();
const isClient = (operation: Operation): operation is ClientOperation => operation in DIALECT_OF;

t.test(
  'the same dialect: bytes as they came, asked for at the recorded address',
  { skip: SKIP },
  async (t) => {
    let seen = 0;
    for (const one of all) {
      const { operation, body } = one;
      if (!isClient(operation) || body === undefined || one.status >= 300) continue;
      if (body.model !== undefined && body.model !== one.model) continue;
      const { text, sent, fault } = await replay(one, operation, 'odd', { model: one.model, ...body });
      if (fault !== undefined) {
        t.equal(one.complete, false, `${one.file}: ${fault.message}`);
        continue;
      }
      seen++;
      if (text !== one.bytes.toString('utf8')) t.fail(`${one.file}: other bytes`);
      const expected = one.path
        ?.replace('?beta=true', '')
        .replace(/^\/(?:beta|v1)\/chat/, one.kind === 'deepseek' ? '/chat' : '$&');
      if (sent?.path !== expected) t.fail(`${one.file}: asked ${sent?.path}, recorded ${expected}`);
    }
    t.ok(seen > 120, `${seen} exchanges`);
  },
);

t.test(
  'another dialect: an answer in it, the same however it is cut, with usage',
  { skip: SKIP },
  async (t) => {
    const clients = ['chat', 'messages', 'responses'] as const;
    const talk: readonly Operation[] = [...clients, 'gemini', 'converse', 'cohere_chat', 'ollama_chat'];
    const seen = new Map<string, number>();
    for (const one of all) {
      if (!talk.includes(one.operation) || one.status >= 300 || !one.complete) continue;
      for (const from of clients) {
        const native = nativeTo(one);
        if (native.includes(from) || native.find((operation) => talk.includes(operation)) !== one.operation)
          continue;
        const body = ask(from, one.model, one.stream);
        const answers = new Set<string>();
        for (const chunking of Object.keys(CHUNKINGS)) {
          const { text, fault, broken, usage } = await replay(one, from, chunking, body);
          const wrong = fault ?? broken;
          if (wrong !== undefined) {
            if (!refuses(one))
              t.fail(`${one.file} to ${from}: ${wrong.message} ${wrong.details.internal ?? ''}`);
            continue;
          }
          answers.add(text.replaceAll(':\n\n', ''));
          if (usage === undefined && reports(one)) t.fail(`${one.file} to ${from}: no usage`);
          if (one.stream && !completes(from, text)) t.fail(`${one.file} to ${from}: it does not end`);
        }
        if (answers.size > 1) t.fail(`${one.file} to ${from}: ${answers.size} answers`);
        seen.set(`${one.kind} to ${from}`, (seen.get(`${one.kind} to ${from}`) ?? 0) + 1);
      }
    }
    t.ok(seen.size > 10, [...seen].join(' · '));
  },
);

/** What is asked of the provider for this model: at Vertex, Gemini's models are asked as such only. */
function nativeTo({ kind, operation }: Exchange): readonly Operation[] {
  // where a provider has an API of its own beside one like OpenAI's, the settings choose
  if (operation === 'cohere_chat' || operation === 'ollama_chat') return [operation];
  return kind === 'vertex' ? ['gemini'] : (KINDS.find(({ id }) => id === kind)?.operations ?? []);
}

function reports({ bytes }: Exchange): boolean {
  const text = bytes.toString('utf8');
  return text.includes('okens') && !/"usage": ?null/.test(text);
}

/** Answers that say that there is none. */
function refuses({ bytes }: Exchange): boolean {
  return /MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL|malformed_tool_use|"status": ?"queued"/.test(
    bytes.toString('utf8'),
  );
}

function completes(from: ClientOperation, text: string): boolean {
  const { stream } = DIALECT_OF[from];
  return text
    .split(/\n\n/)
    .flatMap((frame) => frame.split('\n').filter((line) => line.startsWith('data: {')))
    .some((line) => stream.completes(JSON.parse(line.slice(6))).length > 0);
}

t.test('refusals have their class, whatever the provider', { skip: SKIP }, async (t) => {
  const classes = new Map<string, number>();
  for (const one of all.filter(({ status }) => status >= 400)) {
    const from = isClient(one.operation) ? one.operation : 'chat';
    const talks = from === 'chat' || from === 'messages' || from === 'responses';
    const asked = !talks && one.body ? { ...one.body, max_tokens: 9 } : ask(from, one.model, one.stream);
    const { fault } = await replay(one, from, 'odd', { ...asked, model: one.model });
    const code = fault?.code ?? 'none';
    classes.set(code, (classes.get(code) ?? 0) + 1);
    if (one.status === 401) t.equal(code, 'provider_auth_failed', one.file);
    else if (one.status === 429) t.equal(code, 'provider_rate_limited', one.file);
    else if (one.status < 500) t.match(code, /^provider_(rejected|auth_failed)$/, one.file);
  }
  t.ok(classes.size >= 3, [...classes].join(' · '));
});
