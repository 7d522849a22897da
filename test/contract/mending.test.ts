/** Whatever a vendor leaves out of an answer or says otherwise: what leaves is valid, and valid answers are left alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../src/core/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import {
  anthropicMessages,
  openAiChat,
  openAiCompletions,
  openAiEmbeddings,
  openAiModerations,
  openAiResponses,
} from '../../src/dialects/index.ts';
import { conformance } from '../replay/conform.ts';
import { beginsWithoutRole } from '../replay/own-dialect.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/data/conformance');
const SKIP = existsSync(FOLDER) ? false : 'skipped: needs the schemas in ../shared/data/conformance';
const conform = conformance(FOLDER);

const LOGPROB = { token: 'Hi', logprob: -0.5, bytes: [72, 105] };
const CHAT_USAGE = {
  prompt_tokens: 9,
  completion_tokens: 12,
  total_tokens: 21,
  prompt_tokens_details: { cached_tokens: 1, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const HEAD = { id: 'c', created: 1, model: 'm', service_tier: 'default', system_fingerprint: 'fp' };
const COMPLETION = {
  ...HEAD,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'Hi',
        refusal: null,
        annotations: [
          {
            type: 'url_citation',
            url_citation: { start_index: 0, end_index: 1, url: 'https://x.test', title: 't' },
          },
        ],
      },
      logprobs: { content: [{ ...LOGPROB, top_logprobs: [LOGPROB] }], refusal: null },
      finish_reason: 'stop',
    },
    {
      index: 1,
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'g', input: 'x' } },
        ],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage: CHAT_USAGE,
};
const CHUNK = {
  ...HEAD,
  object: 'chat.completion.chunk',
  choices: [
    {
      index: 0,
      delta: { role: 'assistant', content: 'Hi', refusal: null },
      logprobs: null,
      finish_reason: null,
    },
    {
      index: 1,
      delta: {
        role: 'assistant',
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage: CHAT_USAGE,
};
const OUTPUT_TEXT = {
  type: 'output_text',
  text: 'Hi',
  annotations: [{ type: 'url_citation', url: 'https://x.test', start_index: 0, end_index: 1, title: 't' }],
  logprobs: [{ ...LOGPROB, top_logprobs: [LOGPROB] }],
};
const MESSAGE_ITEM = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [OUTPUT_TEXT, { type: 'refusal', refusal: 'no' }],
};
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  error: null,
  incomplete_details: { reason: 'max_output_tokens' },
  instructions: 'be kind',
  metadata: { a: 'b' },
  model: 'm',
  output: [
    { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }], status: 'completed' },
    MESSAGE_ITEM,
    { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}', status: 'completed' },
    { id: 'ct_1', type: 'custom_tool_call', call_id: 'call_2', name: 'g', input: 'x' },
    {
      id: 'ws_1',
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search', query: 'q', sources: [{ type: 'url', url: 'https://x.test' }] },
    },
    { id: 'fs_1', type: 'file_search_call', status: 'completed', queries: ['q'], results: null },
    {
      id: 'ci_1',
      type: 'code_interpreter_call',
      status: 'completed',
      container_id: 'k',
      code: '1',
      outputs: [{ type: 'logs', logs: '1' }],
    },
    { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'AAAA' },
  ],
  parallel_tool_calls: true,
  reasoning: { effort: 'low', summary: null },
  service_tier: 'default',
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: true }],
  top_p: 1,
  truncation: 'disabled',
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 1 },
    output_tokens: 12,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 21,
  },
};
const PLACE = { item_id: 'msg_1', output_index: 0, content_index: 0, sequence_number: 4 };
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [
    { type: 'thinking', thinking: 'hm', signature: 's' },
    { type: 'text', text: 'Hi', citations: null },
    { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 9, output_tokens: 12 },
};
const EMBEDDINGS = {
  object: 'list',
  model: 'm',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.2] }],
  usage: { prompt_tokens: 2, total_tokens: 2 },
};
const TEXT_COMPLETION = {
  id: 'c',
  object: 'text_completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, text: 'Hi', logprobs: null, finish_reason: 'length' }],
  usage: CHAT_USAGE,
};
const CATEGORIES = (value: Json): JsonObject =>
  Object.fromEntries(
    [
      ...[
        'hate',
        'hate/threatening',
        'harassment',
        'harassment/threatening',
        'self-harm',
        'self-harm/intent',
      ],
      ...['self-harm/instructions', 'sexual', 'sexual/minors', 'violence', 'violence/graphic'],
    ].map((name) => [name, value]),
  );
const MODERATION = {
  id: 'modr_1',
  model: 'm',
  results: [{ flagged: false, categories: CATEGORIES(false), category_scores: CATEGORIES(0.1) }],
};

interface Sample {
  readonly name: string;
  readonly dialect: Dialect;
  readonly json: JsonObject;
  readonly event: boolean;
  readonly wrong: (json: JsonObject) => string | undefined;
}

function sample(
  name: string,
  dialect: Dialect,
  json: JsonObject,
  wrong: Sample['wrong'],
  event = false,
): Sample {
  return { name, dialect, json, event, wrong };
}

const own = (dialect: 'chat' | 'responses' | 'messages') => (json: JsonObject) =>
  conform.own.whole(dialect, json);
const ownEvent = (dialect: 'chat' | 'responses' | 'messages') => (json: JsonObject) =>
  conform.own.event(dialect, json);
const schema = (name: string) => (json: JsonObject) => conform.openAi(name, json);

const firstChunk = (json: JsonObject): string | undefined =>
  ownEvent('chat')(json) ?? (beginsWithoutRole([json]) ? 'no role' : undefined);

const SAMPLES: readonly Sample[] = [
  sample('a completion', openAiChat, COMPLETION, own('chat')),
  sample('a chunk', openAiChat, CHUNK, firstChunk, true),
  sample('a response', openAiResponses, RESPONSE, own('responses')),
  sample('a text completion', openAiCompletions, TEXT_COMPLETION, schema('CreateCompletionResponse')),
  sample('embeddings', openAiEmbeddings, EMBEDDINGS, schema('CreateEmbeddingResponse')),
  sample('a moderation', openAiModerations, MODERATION, schema('CreateModerationResponse')),
  sample('a message', anthropicMessages, MESSAGE, own('messages')),
  ...[
    { type: 'response.created', sequence_number: 0, response: RESPONSE },
    { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: MESSAGE_ITEM },
    { type: 'response.content_part.done', ...PLACE, part: OUTPUT_TEXT },
    { type: 'response.output_text.delta', ...PLACE, delta: 'Hi', logprobs: [] },
    { type: 'response.output_text.done', ...PLACE, text: 'Hi', logprobs: [] },
    {
      type: 'response.function_call_arguments.done',
      sequence_number: 4,
      item_id: 'fc_1',
      output_index: 2,
      arguments: '{}',
      name: 'f',
    },
  ].map((event) => sample(event.type, openAiResponses, event, ownEvent('responses'), true)),
  ...[
    { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 12 },
    },
  ].map((event) => sample(event.type, anthropicMessages, event as JsonObject, ownEvent('messages'), true)),
];

/** True where the answer was changed. */
function mended({ dialect, event }: Sample, json: JsonObject): boolean {
  const mender = dialect.mender?.({ id: 'x1', model: 'm', nowMs: 1_790_000_000_000, words: {} });
  if (mender === undefined) throw new Error('the dialect mends nothing');
  return event ? mender.event(json) : mender.whole(json) !== undefined;
}

/** Every member and item, as the way to it. A word that tells what a thing is cannot be made up. */
function waysIn(value: Json, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...keys].flatMap((key) => {
    const here = [...way, key];
    const member = (value as Record<string | number, Json>)[key] ?? null;
    return key === 'type' ? [] : [here, ...waysIn(member, here)];
  });
}

const ODD: readonly Json[] = [null, 0, 1.5, '', 'xyz', '12', true, [], {}, [null], ['a'], { a: 1 }];

function spoil(json: JsonObject, way: readonly (string | number)[], odd: number): void {
  let holder: Json | undefined = json;
  for (const key of way.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null) return;
    holder = (holder as Record<string | number, Json>)[key];
  }
  const last = way.at(-1);
  if (typeof holder !== 'object' || holder === null || last === undefined) return;
  if (odd >= ODD.length) delete (holder as Record<string | number, Json>)[last];
  else (holder as Record<string | number, Json>)[last] = structuredClone(ODD[odd] ?? null);
}

for (const one of SAMPLES) {
  t.test(
    `${one.name}: what is well-formed is left alone, what is not is made so`,
    { skip: SKIP },
    async (t) => {
      const untouched = structuredClone(one.json);
      t.equal(one.wrong(untouched), undefined, 'the sample is sound');
      t.equal(mended(one, untouched), false);
      t.same(untouched, one.json);
      const ways = waysIn(one.json);
      const spoiling = fc.tuple(fc.nat(ways.length - 1), fc.nat(ODD.length));
      fc.assert(
        fc.property(fc.array(spoiling, { minLength: 1, maxLength: 3 }), (spoilings) => {
          const json = structuredClone(one.json);
          for (const [way, odd] of spoilings) spoil(json, ways[way] ?? [], odd);
          const before = JSON.stringify(json);
          const sound = one.wrong(json) === undefined;
          let changed: boolean;
          try {
            changed = mended(one, json);
          } catch (thrown) {
            // what lacks its very substance is no answer
            if (thrown instanceof Fault && thrown.code === 'provider_error') return;
            throw thrown;
          }
          const wrong = one.wrong(json);
          if (wrong !== undefined) throw new Error(`${before} became ${JSON.stringify(json)}: ${wrong}`);
          if (!changed && JSON.stringify(json) !== before)
            throw new Error(`${before} was changed in silence`);
          if (sound && changed && isJsonObject(json)) throw new Error(`${before} was sound, and is changed`);
          if (mended(one, json)) throw new Error(`${before} is mended twice`);
        }),
        { numRuns: 500 },
      );
    },
  );
}
