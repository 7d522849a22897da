/**
 * Whatever provider answers: what leaves fits the client's schema, and what did fit is the provider's own to the byte.
 * Every recorded exchange of those who speak OpenAI's or Anthropic's dialects, over sockets, cut in odd places.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { Operation } from '../../src/dialects/dialect.ts';
import { openAiCompletions, openAiEmbeddings, openAiModerations } from '../../src/dialects/index.ts';
import { KINDS } from '../../src/providers/index.ts';
import { conformance } from '../replay/conform.ts';
import { type Exchange, readExchanges } from '../replay/exchange.ts';
import { beginsWithoutRole } from '../replay/own-dialect.ts';
import { post, readAll } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { everything } from '../upstream/answers.ts';
import { oddly, startUpstream, type UpstreamReply } from '../upstream/upstream.ts';
import { recordings } from './recorded-exchanges.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');
const SKIP = existsSync(join(DATA, 'exchanges'))
  ? false
  : 'skipped: needs the recorded exchanges in ../shared/data/exchanges';
const conform = conformance(join(DATA, 'conformance'));

const PATHS: Partial<Record<Operation, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
};
type Own = 'chat' | 'responses' | 'messages';

/** Recorded answers in a dialect that clients have, too; errors are tried apart. */
const recorded = (SKIP ? [] : readExchanges(join(DATA, 'exchanges'))).filter(
  ({ dialect, framing }) =>
    dialect !== undefined && PATHS[dialect] !== undefined && (framing === 'json' || framing === 'sse'),
);
const answers = recorded.filter(({ status }) => status < 400);
const refusals = recorded.filter(({ status }) => status >= 400);

/** The vendor's own kind where there is one that serves it, else the general one: `groq`, `general`. */
function providerOf({ provider, dialect }: Exchange): string {
  // What Bedrock speaks goes by the model's name, which here is the provider's.
  if (provider === 'bedrock') return 'general';
  const kind = KINDS.find(({ id }) => id === provider);
  const operations: readonly string[] = kind?.operations ?? [];
  return kind !== undefined && operations.includes(dialect ?? '') ? kind.id : 'general';
}

function settings(name: string, url: string): object {
  const models = [name];
  const common = { models, region: 'here' };
  switch (name) {
    case 'general':
      return everything(url, { stream_options: false, ...common });
    case 'azure-openai':
      return { kind: name, endpoint: url, api_key: 'k', ...common };
    case 'ollama':
      return { kind: name, host: url, ...common };
    case 'vllm':
      return { kind: name, base_url: `${url}/v1`, ...common };
    default:
      return { kind: name, base_url: `${url}/v1`, api_key: 'k', ...common };
  }
}

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const names = [...new Set(['general', ...answers.map(providerOf)])];
const gateway = await startGateway(t, {
  providers: Object.fromEntries(names.map((name) => [name, settings(name, upstream.url)])),
  retries: { max_attempts_per_target: 1 },
});

function ask(dialect: Own, model: string, stream: boolean, n: number): JsonObject {
  const messages = [{ role: 'user', content: 'Hi' }];
  switch (dialect) {
    case 'chat':
      return { model, messages, stream, ...(stream && { stream_options: { include_usage: true } }), n };
    case 'responses':
      return { model, input: 'Hi', stream };
    case 'messages':
      return { model, messages, stream, max_tokens: 100 };
  }
}

/** The parsed events of a stream, its end marker left out. */
function eventsIn(stream: string): JsonObject[] {
  return stream.split(/\r?\n\r?\n/).flatMap((frame) => {
    const data = /^data: ?(.*)$/m.exec(frame)?.[1] ?? '';
    return data === '' || data === '[DONE]' ? [] : [JSON.parse(data)];
  });
}

function choicesIn(values: readonly JsonObject[]): number {
  const numbers = values.flatMap(({ choices }) =>
    Array.isArray(choices)
      ? choices.map((choice, at) => (isJsonObject(choice) ? (choice.index ?? at) : at))
      : [],
  );
  return Math.max(new Set(numbers).size, 1);
}

/** Where the provider says what it charges, the gateway passes it on in its own member. */
function withoutCost(event: JsonObject): JsonObject {
  const response = isJsonObject(event.response) ? event.response : event;
  if (isJsonObject(response.usage)) delete response.usage.cost_usd;
  return event;
}

const faulty = (event: JsonObject): boolean =>
  (event.error !== undefined && event.error !== null) ||
  event.type === 'error' ||
  event.type === 'response.failed';

/** What is wrong with how this exchange leaves, first of all; undefined where nothing is. */
async function triedOwn(exchange: Exchange): Promise<'untouched' | 'mended' | 'broken' | string> {
  const { bytes, framing, complete } = exchange;
  const dialect = exchange.dialect as Own;
  const stream = framing === 'sse';
  const text = bytes.toString('utf8');
  const said: JsonObject[] = stream ? eventsIn(text) : [JSON.parse(text)];
  reply = {
    headers: { 'content-type': stream ? 'text/event-stream' : 'application/json' },
    chunks: oddly(text, 4096),
  };
  const body = ask(dialect, providerOf(exchange), stream, dialect === 'chat' ? choicesIn(said) : 1);
  const response = await post(gateway, PATHS[dialect] ?? '', body);
  const sent = await readAll(response);
  // to OpenAI's description to the letter; Anthropic's own answers are older than its types
  const schemas = dialect === 'messages' ? conform.own : conform;
  const check = stream ? schemas.event : schemas.whole;
  const broken = said.some(faulty) || !complete;
  if (!broken && response.status !== 200) return `status ${response.status}: ${sent}`;
  const told: JsonObject[] = stream ? eventsIn(sent) : [JSON.parse(sent)];
  for (const json of told) {
    const wrong = broken && faulty(json) ? undefined : check(dialect, json);
    if (wrong !== undefined) return `${wrong} in ${JSON.stringify(json).slice(0, 300)}`;
  }
  if (broken) return 'broken';
  if (said.some((json) => check(dialect, json) !== undefined) || beginsWithoutRole(said)) return 'mended';
  const same = sent.includes('"cost_usd"')
    ? isDeepStrictEqual(told.map(withoutCost), said)
    : stream
      ? sent.startsWith(text.trimEnd())
      : sent === text;
  return same ? 'untouched' : 'it was well-formed, and is changed';
}

t.test('every recorded answer leaves well-formed, untouched where it was', { skip: SKIP }, async (t) => {
  const vendors = { untouched: new Set<string>(), mended: new Set<string>(), broken: new Set<string>() };
  const wrong: string[] = [];
  for (const exchange of answers) {
    const became = await triedOwn(exchange);
    if (became in vendors) vendors[became as keyof typeof vendors].add(exchange.provider);
    else wrong.push(`${exchange.name}: ${became}`);
  }
  t.same(wrong, []);
  t.ok(vendors.untouched.size > 15, `well-formed: ${[...vendors.untouched]}`);
  t.ok(vendors.mended.size > 10, `mended: ${[...vendors.mended]}`);
});

const OTHERS = [
  {
    dialect: openAiCompletions,
    path: '/v1/completions',
    asked: { prompt: 'Hi' },
    schema: 'CreateCompletionResponse',
  },
  {
    dialect: openAiEmbeddings,
    path: '/v1/embeddings',
    asked: { input: 'Hi' },
    schema: 'CreateEmbeddingResponse',
  },
  {
    dialect: openAiModerations,
    path: '/v1/moderations',
    asked: { input: 'Hi' },
    schema: 'CreateModerationResponse',
  },
];

t.test('so do completions, embeddings and moderations', { skip: SKIP }, async (t) => {
  for (const { dialect, path, asked, schema } of OTHERS) {
    const whole = recordings().filter((one) => one.dialect === dialect && one.status < 300 && !one.stream);
    t.ok(whole.length > 0, path);
    for (const { name, answer } of whole) {
      reply = { headers: { 'content-type': 'application/json' }, chunks: [answer] };
      const response = await post(gateway, path, { model: 'general', ...asked });
      const sent = await readAll(response);
      t.equal(conform.openAi(schema, JSON.parse(sent)), undefined, name);
      if (conform.openAi(schema, JSON.parse(answer)) === undefined) t.equal(sent, answer, name);
    }
  }
});

/** What servers say that follow nobody. */
const ODD_REFUSALS = [
  '{"detail":"Not Found"}',
  '{"detail":[{"loc":["body","n"],"msg":"too many","type":"value_error"}]}',
  '{"message":"no such deployment","code":404}',
  '{"error":"model not loaded"}',
  '{"object":"error","message":"bad","type":"BadRequestError","code":400}',
  '[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]',
  '"plainly no"',
  'plainly no',
  '<html><body><h1>502 Bad Gateway</h1></body></html>',
  '',
];

t.test('every refusal leaves as the error of the client’s dialect', { skip: SKIP }, async (t) => {
  const odd = ODD_REFUSALS.map((text) => ({ status: 400, text, name: text }));
  const real = refusals.map(({ status, bytes, name }) => ({ status, text: bytes.toString('utf8'), name }));
  const wrong: string[] = [];
  for (const [index, { status, text, name }] of [...odd, ...real].entries()) {
    reply = { status, headers: { 'content-type': 'application/json' }, chunks: [text] };
    const dialect = (['chat', 'responses', 'messages'] as const)[index % 3] ?? 'chat';
    const response = await post(gateway, PATHS[dialect] ?? '', ask(dialect, 'general', index % 2 > 0, 1));
    const why = conform.error(dialect, JSON.parse(await readAll(response)));
    if (response.status < 400 || why !== undefined) wrong.push(`${dialect}, ${name}: ${why}`);
  }
  t.same(wrong, []);
});

t.test('the list of models is one of OpenAI’s', { skip: SKIP }, async (t) => {
  const headers = { authorization: `Bearer ${gateway.key}` };
  const list: unknown = await (await fetch(`${gateway.origin}/v1/models`, { headers })).json();
  t.ok(isJsonObject(list));
  if (isJsonObject(list)) t.equal(conform.openAi('ListModelsResponse', list), undefined);
});
