import assert from 'node:assert/strict';
import t from 'tap';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { Usage } from '../../src/core/usage.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import {
  anthropicMessages,
  openAiChat,
  openAiCompletions,
  openAiResponses,
  SseSplitter,
} from '../../src/dialects/index.ts';
import { clientRequests, proseLike, recordings, WITHOUT_RECORDINGS } from './recorded-exchanges.ts';

const all = recordings();
const answered = all.filter((one) => one.status < 300);
const streams = answered.filter((one) => one.stream);
const wholes = answered.filter((one) => !one.stream);

/** The text of each frame's data, cut at odd places on the way. */
function frames(text: string): string[] {
  const splitter = new SseSplitter(10_000_000);
  const bytes = Buffer.from(text);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += 97) {
    for (const frame of splitter.push(bytes.subarray(at, at + 97))) found.push(frame.data ?? '');
  }
  found.push(splitter.end()?.data ?? '');
  return found.filter((data) => data !== '');
}

function events(text: string): JsonObject[] {
  return frames(text)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data));
}

function streamUsage(dialect: Dialect, text: string): Usage | undefined {
  let usage: Usage | undefined;
  for (const event of events(text)) usage = dialect.stream.usage(event, usage);
  return usage;
}

/** The numbers that a text reports under a name, in order, read without parsing. */
function numbers(text: string, name: string): number[] {
  return [...text.matchAll(new RegExp(`"${name}": ?(\\d+)`, 'g'))].map((match) => Number(match[1]));
}

/** What an answer used, from its raw text alone: counts only grow, and what details repeat is never more. */
function independently(dialect: Dialect, text: string): { input: number; output: number } {
  const most = (name: string): number => Math.max(0, ...numbers(text, name));
  if (dialect === anthropicMessages) {
    const cached = most('cache_read_input_tokens') + most('cache_creation_input_tokens');
    return { input: most('input_tokens') + cached, output: most('output_tokens') };
  }
  const input = most(dialect === openAiResponses ? 'input_tokens' : 'prompt_tokens');
  return { input, output: most('total_tokens') - input };
}

t.test('every recorded request that was answered is accepted', { skip: WITHOUT_RECORDINGS }, async (t) => {
  let seen = 0;
  for (const { name, dialect, request } of answered) {
    if (request === undefined) continue;
    seen++;
    const described = dialect.describe(request);
    assert.ok(described.model !== '', name);
    assert.equal(described.stream, request.stream === true, name);
  }
  t.ok(seen > 100, `${seen} requests`);
});

t.test('what client libraries send is accepted and read', { skip: WITHOUT_RECORDINGS }, async (t) => {
  const requests = clientRequests();
  for (const { name, dialect, body } of requests) {
    const { model, stream } = dialect.describe(body);
    if (body.model !== undefined) assert.equal(model, body.model, name);
    assert.equal(stream, body.stream === true, name);
    const found = new Set(dialect.texts(body).map((piece) => piece.text));
    for (const text of proseLike(body)) assert.ok(found.has(text), `${name}: ${text}`);
  }
  t.ok(requests.length > 30, `${requests.length} requests`);
});

t.test('no prose of a request or an answer is overlooked', { skip: WITHOUT_RECORDINGS }, async (t) => {
  let seen = 0;
  const check = (name: string, body: JsonObject, pieces: readonly { text: string }[]): void => {
    const found = new Set(pieces.map((piece) => piece.text));
    for (const text of proseLike(body)) {
      seen++;
      assert.ok(found.has(text), `${name}: ${text.slice(0, 80)}`);
    }
  };
  for (const { name, dialect, request } of answered) {
    if (request !== undefined) check(name, request, dialect.texts(request));
  }
  for (const { name, dialect, answer } of wholes) {
    const body: JsonObject = JSON.parse(answer);
    check(name, body, dialect.answerTexts(body));
  }
  for (const { name, dialect, answer } of streams) {
    for (const event of events(answer)) check(name, event, dialect.stream.pieces(event));
  }
  t.ok(seen > 1000, `${seen} texts`);
});

t.test('a piece is where it says, and can be replaced there', { skip: WITHOUT_RECORDINGS }, async (t) => {
  let seen = 0;
  for (const { dialect, request } of answered) {
    if (request === undefined) continue;
    const body = structuredClone(request);
    for (const { holder, key, path } of dialect.texts(body)) {
      (holder as Record<string | number, unknown>)[key] = `«${path}»`;
    }
    for (const { text, path } of dialect.texts(body)) {
      seen++;
      assert.equal(text, `«${path}»`);
    }
  }
  t.ok(seen > 300, `${seen} pieces`);
});

t.test(
  'usage of every recorded answer is found, and is what it says',
  { skip: WITHOUT_RECORDINGS },
  async (t) => {
    const dialects: readonly Dialect[] = [openAiChat, openAiCompletions, openAiResponses, anthropicMessages];
    let seen = 0;
    for (const { name, dialect, answer, stream, complete } of answered) {
      if (!dialects.includes(dialect) || !complete) continue;
      // Compaction and several messages in one file: the sums are in the dialect's own tests.
      if (answer.includes('"iterations"') || name.includes('programmatic')) continue;
      if (!/"usage": ?\{/.test(answer)) continue;
      const usage = stream ? streamUsage(dialect, answer) : dialect.answerUsage(JSON.parse(answer));
      const { input, output } = independently(dialect, answer);
      assert.deepEqual({ input: usage?.inputTokens, output: usage?.outputTokens }, { input, output }, name);
      assert.equal(usage?.source, 'reported');
      seen++;
    }
    t.ok(seen > 120, `${seen} answers`);
  },
);

t.test('nothing that must be looked at passes as a mere delta', { skip: WITHOUT_RECORDINGS }, async (t) => {
  let interesting = 0;
  let total = 0;
  for (const { name, dialect, answer } of streams) {
    const { stream } = dialect;
    for (const data of frames(answer)) {
      total++;
      if (stream.interesting(data)) {
        interesting++;
        continue;
      }
      const event: JsonObject = JSON.parse(data);
      assert.equal(stream.usage(event, undefined), undefined, name);
      assert.equal(stream.finish(event), undefined, name);
      assert.equal(stream.error(event), undefined, name);
      assert.deepEqual(stream.completes(event), [], name);
    }
  }
  t.ok(interesting < total / 10, `${interesting} of ${total} frames are interesting`);
});

t.test(
  'every complete stream ends as complete, every broken one does not',
  { skip: WITHOUT_RECORDINGS },
  async (t) => {
    for (const { name, dialect, answer, complete } of streams) {
      const found = events(answer);
      const failed = found.some((event) => dialect.stream.error(event) !== undefined);
      const finished = found.some((event) => dialect.stream.completes(event).length > 0);
      if (complete && !failed) assert.ok(finished, name);
      if (!complete) assert.ok(failed && !finished, name);
      if (finished && !failed)
        assert.ok(
          found.some((event) => dialect.stream.finish(event)),
          name,
        );
    }
    t.ok(streams.length > 80, `${streams.length} streams`);
  },
);

t.test('an event survives being framed and split again', { skip: WITHOUT_RECORDINGS }, async () => {
  for (const { name, dialect, answer } of streams) {
    const before = events(answer);
    assert.deepEqual(events(before.map((event) => dialect.stream.frame(event)).join('')), before, name);
  }
});

t.test(
  'the parts of a channel are the text that is repeated at its end',
  { skip: WITHOUT_RECORDINGS },
  async (t) => {
    let seen = 0;
    for (const { name, dialect, answer } of streams) {
      // The phase recording was shortened by its makers: deltas are missing.
      if (dialect !== openAiResponses || name.includes('phase')) continue;
      const texts = new Map<string, string>();
      for (const event of events(answer)) {
        for (const { channel, text, aggregate } of dialect.stream.pieces(event)) {
          if (!aggregate) texts.set(channel, (texts.get(channel) ?? '') + text);
        }
        // Some files hold several responses, one after the other.
        if (event.type === 'response.created') texts.clear();
        const closed = dialect.stream.closes(event);
        const whole = event.text ?? event.arguments ?? event.refusal ?? event.code;
        if (typeof whole !== 'string' || !String(event.type).endsWith('.done') || closed === 'all') continue;
        const parts = texts.get(closed[0] ?? '');
        // LM Studio sends arguments at the end only (litellm#25836).
        if (parts === undefined) continue;
        assert.equal(parts, whole, name);
        seen++;
      }
    }
    t.ok(seen > 40, `${seen} texts`);
  },
);

t.test('held-back text can go out on its own channel', { skip: WITHOUT_RECORDINGS }, async (t) => {
  const tried = new Set<string>();
  for (const { name, dialect, answer } of streams) {
    for (const event of events(answer)) {
      for (const { channel, aggregate, json } of dialect.stream.pieces(event)) {
        if (aggregate || tried.has(`${dialect.id} ${channel}`)) continue;
        tried.add(`${dialect.id} ${channel}`);
        const carrier = dialect.stream.carrier(channel, 'held', event);
        const pieces = dialect.stream.pieces(carrier).filter((piece) => !piece.aggregate);
        assert.deepEqual(
          pieces.map((piece) => [piece.channel, piece.text, piece.json]),
          [[channel, 'held', json]],
          name,
        );
        assert.equal(dialect.stream.finish(carrier), undefined);
        assert.equal(dialect.stream.usage(carrier, undefined), undefined);
      }
    }
  }
  t.ok(tried.size > 20, [...tried].join(', '));
});

t.test('the error of every recorded refusal is read', { skip: WITHOUT_RECORDINGS }, async (t) => {
  const refused = all.filter((one) => one.status >= 400);
  for (const { name, dialect, status, answer } of refused) {
    if (answer === 'null' || answer.includes('"__note"')) continue;
    const error = dialect.providerError(status, answer);
    assert.ok(error !== undefined && error.message.length > 3, name);
    assert.notEqual(error.code, String(status), name);
    const body: unknown = JSON.parse(answer);
    assert.ok(isJsonObject(body) && answer.includes(JSON.stringify(error.message).slice(1, 20)), name);
  }
  t.ok(refused.length > 25, `${refused.length} refusals`);
});
