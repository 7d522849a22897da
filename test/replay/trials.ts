/** What is tried with one recorded exchange. */
import assert from 'node:assert/strict';
import { Fault } from '../../src/core/fault.ts';
import { type JsonObject, parseObject } from '../../src/core/json.ts';
import { TARGETS, type Target } from '../../src/dialects/canonical/features.ts';
import {
  anthropicMessages,
  type Dialect,
  geminiGenerate,
  OPERATIONS,
  openAiChat,
  openAiResponses,
  SseSplitter,
  type TranslatedCall,
  type TranslationTarget,
  translation,
} from '../../src/dialects/index.ts';
import { diagnoseStatus, failureOf } from '../../src/providers/diagnosis.ts';
import { CLIENTS, type ClientDialect, type Conformance } from './conform.ts';
import type { Counts, Embeddings, Exchange } from './exchange.ts';
import { factsOf } from './facts.ts';
import { CUTTINGS, cut, eventsOf } from './framing.ts';
import { nextTurn, sealsIn } from './next-turn.ts';
import { tryOwn, tryPlain } from './own-dialect.ts';

export interface Outcome {
  readonly trial: string;
  /** `refused`: said no in the way that the documentation says. */
  readonly result: 'passed' | 'failed' | 'refused';
  readonly why?: string;
}

const DIALECTS: Readonly<Record<Target, Dialect>> = {
  chat: openAiChat,
  responses: openAiResponses,
  messages: anthropicMessages,
  gemini: geminiGenerate('gemini', true),
  converse: openAiChat,
  cohere_chat: openAiChat,
  ollama_chat: openAiChat,
};

export function tryExchange(exchange: Exchange, conform: Conformance): Outcome[] {
  const { dialect, embeddings, counts } = exchange;
  if (exchange.status >= 400) {
    return CLIENTS.map((client) =>
      attempt(`error → ${client}`, () => tryError(exchange, dialect ?? 'chat', client, conform)),
    );
  }
  if (counts !== undefined) return countTrials(exchange, counts);
  if (embeddings !== undefined)
    return [attempt('embeddings', () => tryEmbeddings(exchange, embeddings, conform))];
  const { plain } = exchange;
  if (plain !== undefined) {
    return [attempt(`${plain} well-formed`, () => tryPlain(exchange, plain, conform))];
  }
  if (dialect === undefined || exchange.framing === 'other') {
    return exchange.framing === 'sse' ? [attempt('untouched', () => tryUntouched(exchange))] : [];
  }
  const outcomes = CLIENTS.map((client) =>
    client === dialect
      ? attempt(`${dialect} well-formed`, () => {
          tryUntouched(exchange);
          const { whole, event } = conform.own;
          const fits = exchange.framing === 'json' ? whole : event;
          tryOwn(exchange, DIALECTS[dialect], (json) => fits(dialect, json));
        })
      : attempt(`${dialect} → ${client}`, () => tryAnswer(exchange, dialect, client, conform)),
  );
  const { request } = exchange;
  if (request !== undefined && isClient(dialect)) {
    for (const target of TARGETS) {
      if (target !== dialect)
        outcomes.push(attempt(`request to ${target}`, () => tryRequest(request, dialect, target)));
    }
  }
  return outcomes;
}

function isClient(dialect: Target): dialect is ClientDialect {
  return (CLIENTS as readonly Target[]).includes(dialect);
}

function attempt(trial: string, run: () => void): Outcome {
  try {
    run();
    return { trial, result: 'passed' };
  } catch (error) {
    if (error instanceof Fault && error.code === 'invalid_request') {
      return { trial, result: 'refused', why: error.message };
    }
    const why = error instanceof Error ? error.message.split('\n').slice(0, 14).join(' ') : String(error);
    return { trial, result: 'failed', why: why.slice(0, 600) };
  }
}

function targetOf({ provider, model }: Exchange): TranslationTarget {
  return { model, kind: provider, inputTokens: 11, nowMs: 1_790_000_000_000, id: 'replay' };
}

function minimal(client: ClientDialect, choices: number, stream: boolean): JsonObject {
  const said = [{ role: 'user', content: 'Hi' }];
  switch (client) {
    case 'chat':
      return { model: 'm', messages: said, n: choices, stream, stream_options: { include_usage: true } };
    case 'responses':
      return { model: 'm', input: 'Hi', stream };
    case 'messages':
      return { model: 'm', max_tokens: 100, messages: said, stream };
    case 'gemini':
      return {
        contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
        generationConfig: { candidateCount: choices },
      };
  }
}

function opened(
  exchange: Exchange,
  dialect: Target,
  client: ClientDialect,
  body: JsonObject,
): TranslatedCall {
  const found = translation(client, dialect);
  assert.ok(found, `no translation from ${client} to ${dialect}`);
  return found.open(body, targetOf(exchange));
}

function tryAnswer(exchange: Exchange, dialect: Target, client: ClientDialect, conform: Conformance): void {
  if (exchange.framing === 'json') tryWhole(exchange, dialect, client, conform);
  else tryStream(exchange, dialect, client, conform);
}

function tryWhole(exchange: Exchange, dialect: Target, client: ClientDialect, conform: Conformance): void {
  const given = parseObject(exchange.bytes.toString('utf8'));
  assert.ok(given, 'the recording is no JSON object');
  const facts = factsOf(dialect, [given], false);
  const many = client === 'chat' || client === 'gemini';
  const call = opened(exchange, dialect, client, minimal(client, many ? facts.texts.length : 1, false));
  if (isNoEnd(facts.finish)) {
    assert.throws(
      () => call.answer(given),
      (fault) => fault instanceof Fault && fault.code === 'provider_error',
    );
    return;
  }
  const { body, usage } = call.answer(given);
  assert.equal(conform.whole(client, body), undefined);
  compare(facts, factsOf(client, [body], false), usage !== undefined, many);
  const sealed = sealsIn(dialect, given);
  const next = JSON.stringify(opened(exchange, dialect, client, nextTurn(client, body)).body);
  for (const seal of dialect === 'chat' ? [] : sealed) {
    assert.ok(
      next.includes(JSON.stringify(seal).slice(1, -1)),
      `the signature ${seal.slice(0, 30)}… is lost`,
    );
  }
}

/** The provider's word for an end that is a failure. */
function isNoEnd(finish: string): boolean {
  return /^\?(?:MALFORMED|UNEXPECTED|failed|cancelled|queued|error|insufficient)/.test(finish);
}

type Facts = ReturnType<typeof factsOf>;

function compare(wanted: Facts, found: Facts, reported: boolean, many: boolean): void {
  const texts = many ? wanted.texts : wanted.texts.slice(0, 1);
  assert.deepEqual(found.texts, texts, 'text');
  assert.deepEqual(found.calls, wanted.calls, 'tool calls');
  assert.equal(found.thoughts, wanted.thoughts, 'thoughts');
  if (wanted.finish !== '') assert.equal(found.finish, wanted.finish, 'finish');
  assert.equal(reported, wanted.usage !== undefined, 'usage is reported');
  if (wanted.usage !== undefined) assert.deepEqual(found.usage, wanted.usage, 'usage');
}

/** Some files hold several streams, one after the other: the first is tried. */
function alone(events: readonly JsonObject[]): JsonObject[] {
  const begins = (event: JsonObject): boolean =>
    event.type === 'response.created' || event.type === 'message_start';
  const second = events.findIndex((event, index) => index > 0 && begins(event));
  const ended = events
    .slice(0, second)
    .some(({ type }) => /^message_stop$|^response\.completed$/.test(String(type)));
  return second > 0 && ended ? events.slice(0, second) : [...events];
}

/** OpenAI seals an item anew for each event that shows it; the one that ends it counts. */
function final(events: readonly JsonObject[]): JsonObject[] {
  const ends = events.filter(({ type }) => type === 'response.output_item.done');
  return ends.length > 0 ? ends : [...events];
}

function tryStream(exchange: Exchange, dialect: Target, client: ClientDialect, conform: Conformance): void {
  const { framing } = exchange;
  const events = alone(eventsOf([exchange.bytes], framing));
  const seals = dialect === 'chat' || client === 'gemini' ? [] : sealsIn(dialect, final(events));
  const facts = factsOf(dialect, events, true);
  const many = client === 'chat' || client === 'gemini';
  const body = minimal(client, many ? facts.texts.length : 1, true);
  let first: string | undefined;
  for (const way of CUTTINGS) {
    const told = translated(
      exchange,
      dialect,
      client,
      body,
      alone(eventsOf(cut(exchange.bytes, way, framing), framing)),
    );
    const text = JSON.stringify(told.events);
    if (first !== undefined) {
      assert.equal(text, first, `cut by ${way} it says something else`);
      continue;
    }
    first = text;
    for (const seal of told.error === undefined ? seals : []) {
      assert.ok(
        text.includes(JSON.stringify(seal).slice(1, -1)),
        `the signature ${seal.slice(0, 30)}… is lost`,
      );
    }
    checkStream(told, exchange, client, facts, conform, many);
  }
}

interface Told {
  readonly events: JsonObject[];
  /** What ended it before its end. */
  readonly error: string | undefined;
  readonly complete: boolean;
  readonly reported: boolean;
}

function translated(
  exchange: Exchange,
  dialect: Target,
  client: ClientDialect,
  body: JsonObject,
  events: readonly JsonObject[],
): Told {
  const stream = opened(exchange, dialect, client, body).stream();
  const told: JsonObject[] = [];
  let error: string | undefined;
  for (const event of events) {
    error = DIALECTS[dialect].stream.error(event);
    if (error !== undefined) break;
    try {
      told.push(...stream.event(event));
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      error = thrown.message;
      break;
    }
  }
  if (error === undefined && stream.complete()) told.push(...stream.end());
  return { events: told, error, complete: stream.complete(), reported: stream.usage() !== undefined };
}

function checkStream(
  told: Told,
  exchange: Exchange,
  client: ClientDialect,
  facts: Facts,
  conform: Conformance,
  many: boolean,
): void {
  for (const event of told.events) {
    assert.equal(conform.event(client, event), undefined, `event ${JSON.stringify(event).slice(0, 200)}`);
  }
  const broken = told.error !== undefined || !exchange.complete;
  assert.equal(told.complete && told.error === undefined, !broken, 'complete');
  if (!broken) compare(facts, factsOf(client, told.events, true), told.reported, many);
}

/** Both sides speak one dialect: every byte is forwarded, however it was cut. */
function tryUntouched(exchange: Exchange): void {
  if (exchange.framing !== 'sse') return;
  for (const way of CUTTINGS) {
    const splitter = new SseSplitter(64_000_000);
    const frames = cut(exchange.bytes, way, 'sse').flatMap((chunk) => splitter.push(chunk));
    const last = splitter.end();
    if (last !== undefined) frames.push(last);
    assert.ok(Buffer.concat(frames.map(({ raw }) => raw)).equals(exchange.bytes), `cut by ${way}`);
  }
}

function tryRequest(request: JsonObject, dialect: ClientDialect, target: Target): void {
  const models: Readonly<Record<Target, string>> = {
    chat: 'gpt-5.2',
    responses: 'gpt-5.2',
    messages: 'claude-sonnet-4-5',
    gemini: 'gemini-3-flash',
    converse: 'us.anthropic.claude-sonnet-4-5-v1:0',
    cohere_chat: 'command-a-reasoning-08-2025',
    ollama_chat: 'qwen3',
  };
  const call = translation(dialect, target)?.open(request, {
    model: models[target],
    kind: target,
    inputTokens: 1,
    nowMs: 0,
    id: 'replay',
  });
  assert.ok(call);
  const written = stringsIn(call.body).join('\n');
  for (const said of spoken(request)) assert.ok(written.includes(said.trim()), `lost: ${said.slice(0, 80)}`);
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function tryEmbeddings(exchange: Exchange, format: Embeddings, conform: Conformance): void {
  const given = parseObject(exchange.bytes.toString('utf8'));
  const call = translation('embeddings', format)?.open({ model: 'm', input: 'Hi' }, targetOf(exchange));
  assert.ok(given && call);
  const { body } = call.answer(given);
  assert.equal(conform.openAi('CreateEmbeddingResponse', body), undefined);
  const told = JSON.stringify(body.data).match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)?.length ?? 0;
  const recorded = JSON.stringify(given.embeddings).match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g)?.length ?? 0;
  const vectors = Array.isArray(body.data) ? body.data.length : 0;
  assert.equal(told - vectors, recorded, 'as many numbers');
}

const MINIMAL = {
  count_tokens: minimal('messages', 1, false),
  gemini_count_tokens: minimal('gemini', 1, false),
};
type Counting = keyof typeof MINIMAL;

/** A count is told to the clients of the other vendors, and asked of their providers. */
function countTrials(exchange: Exchange, counts: Counts): Outcome[] {
  const clients = Object.keys(MINIMAL) as Counting[];
  const told = clients
    .filter((client) => client !== counts)
    .map((client) =>
      attempt(`${counts} → ${client}`, () => {
        const given = parseObject(exchange.bytes.toString('utf8'));
        const call = translation(client, counts)?.open(MINIMAL[client], targetOf(exchange));
        assert.ok(given && call);
        const recorded = given.input_tokens ?? given.inputTokens ?? given.totalTokens;
        const { body } = call.answer(given);
        assert.equal(typeof recorded, 'number', 'a count is recorded');
        assert.equal(body.input_tokens ?? body.totalTokens, recorded, 'the same count');
      }),
    );
  const { request } = exchange;
  const client = clients.find((one) => one === counts);
  if (request === undefined || client === undefined) return told;
  const others = OPERATIONS.filter((to) => to !== client && translation(client, to) !== undefined);
  const asked = others.map((to) =>
    attempt(`request to ${to}`, () => {
      const written = stringsIn(translation(client, to)?.open(request, targetOf(exchange)).body).join('\n');
      for (const said of spoken(request))
        assert.ok(written.includes(said.trim()), `lost: ${said.slice(0, 80)}`);
    }),
  );
  return [...told, ...asked];
}

/** What a person wrote: texts under roles of system and user. */
function spoken(request: JsonObject): string[] {
  const turns = [request.messages, request.input, request.contents].find(Array.isArray) ?? [];
  return turns.flatMap((turn) => {
    const { role, content, parts } = (turn ?? {}) as JsonObject;
    if (role !== 'user' && role !== 'system' && role !== 'developer') return [];
    if (typeof content === 'string') return [content];
    const list = Array.isArray(content) ? content : Array.isArray(parts) ? parts : [];
    return list.flatMap((part) => {
      const { text } = (part ?? {}) as JsonObject;
      return typeof text === 'string' ? [text] : [];
    });
  });
}

/** Classes by status and words, as the documentation of errors has them. */
function tryError(exchange: Exchange, dialect: Target, client: ClientDialect, conform: Conformance): void {
  const text = exchange.bytes.toString('utf8');
  const said = DIALECTS[dialect].providerError(exchange.status, text);
  if (text !== '') assert.ok(said, `nobody can read ${text.slice(0, 100)}`);
  const nothing = { message: undefined, type: undefined, param: undefined, code: undefined };
  const diagnosis = diagnoseStatus(exchange.status, said ?? nothing);
  const wanted: Readonly<Record<number, string>> = {
    401: 'credentials',
    403: 'credentials',
    404: 'unknown_model',
    429: 'rate_limited',
    503: 'overloaded',
    529: 'overloaded',
    500: 'transient',
  };
  const key = exchange.status === 400 && /api[ _-]?key/i.test(text);
  const quota = /insufficient_quota/.test(text);
  const expected = quota ? 'account' : key ? 'credentials' : (wanted[exchange.status] ?? 'rejected');
  assert.equal(diagnosis, expected, 'class');
  const { fault } = failureOf('p', diagnosis, exchange.status, said ?? nothing, undefined);
  const body = DIALECTS[client].faultBody(fault, 'req_1');
  assert.equal(conform.error(client, body), undefined);
  if (expected === 'rejected')
    assert.ok(
      JSON.stringify(body).includes(JSON.stringify(said?.message.slice(0, 60)).slice(1, -1)),
      'the message is passed on',
    );
}
