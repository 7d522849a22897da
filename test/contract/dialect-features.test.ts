/** The table of docs/dialects.md says what becomes of each feature of a request; here every cell is tried. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { Fault } from '../../src/core/fault.ts';
import { canonicalJson, type Json, type JsonObject } from '../../src/core/json.ts';
import {
  FEATURES,
  type FeatureId,
  TARGETS,
  type Target,
  VERDICTS,
} from '../../src/dialects/canonical/features.ts';
import type { TranslatedCall } from '../../src/dialects/translation.ts';
import { translation } from '../../src/dialects/translations.ts';

type Client = 'chat' | 'responses' | 'messages' | 'gemini';

/** Members that ask for the feature, put over a plain request; several where one client has several words. */
type Asked = { readonly [C in Client]?: JsonObject };

const user = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });
const item = (...content: JsonObject[]): JsonObject => ({ input: [{ role: 'user', content }] });
const part = (...parts: JsonObject[]): JsonObject => ({ contents: [{ role: 'user', parts }] });
const config = (members: JsonObject): JsonObject => ({ generationConfig: members });

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
const CHAT_TOOL = { type: 'function', function: { name: 'f', parameters: SCHEMA } };
const FLAT_TOOL = { type: 'function', name: 'f', parameters: SCHEMA };
const CLAUDE_TOOL = { name: 'f', input_schema: SCHEMA };
const GEMINI_TOOLS = [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: SCHEMA }] }];
const PNG = 'iVBORw0KGgo=';
const PDF = 'JVBERi0=';
const CALL = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } };
const USE = { type: 'tool_use', id: 'c1', name: 'f', input: { a: 'b' } };

function answered(result: Json, more: JsonObject = {}): JsonObject {
  return {
    tools: [CLAUDE_TOOL],
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [USE] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: result, ...more }] },
    ],
  };
}

const CASES: Readonly<Record<FeatureId, Asked>> = {
  system: {
    chat: {
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    },
    responses: { instructions: 'Be brief.' },
    messages: { system: 'Be brief.' },
    gemini: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
  },
  system_later: {
    chat: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'So?' },
      ],
    },
    responses: {
      input: [
        { role: 'user', content: 'Hi' },
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'So?' },
      ],
    },
  },
  speaker: { chat: { messages: [{ role: 'user', name: 'ann', content: 'Hi' }] } },
  image_inline: {
    chat: user({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
    responses: item({ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }),
    messages: user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }),
    gemini: part({ inlineData: { mimeType: 'image/png', data: PNG } }),
  },
  image_url: {
    chat: user({ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }),
    responses: item({ type: 'input_image', image_url: 'https://x.test/a.png' }),
    messages: user({ type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } }),
    gemini: part({ fileData: { mimeType: 'image/png', fileUri: 'https://x.test/a.png' } }),
  },
  image_detail: {
    chat: user({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}`, detail: 'low' } }),
    responses: item({ type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' }),
  },
  file_inline: {
    chat: user({
      type: 'file',
      file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
    }),
    responses: item({
      type: 'input_file',
      filename: 'a.pdf',
      file_data: `data:application/pdf;base64,${PDF}`,
    }),
    messages: user({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: PDF },
    }),
    gemini: part({ inlineData: { mimeType: 'application/pdf', data: PDF } }),
  },
  file_url: {
    responses: item({ type: 'input_file', file_url: 'https://x.test/a.pdf' }),
    messages: user({ type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } }),
    gemini: part({ fileData: { mimeType: 'application/pdf', fileUri: 'https://x.test/a.pdf' } }),
  },
  file_text: {
    messages: user({
      type: 'document',
      title: 'T',
      source: { type: 'text', media_type: 'text/plain', data: 'Long.' },
    }),
  },
  file_id: {
    chat: user({ type: 'file', file: { file_id: 'file-1' } }),
    responses: item({ type: 'input_image', file_id: 'file-1' }),
    messages: user({ type: 'document', source: { type: 'file', file_id: 'file_1' } }),
    gemini: part({
      fileData: {
        mimeType: 'application/pdf',
        fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/x',
      },
    }),
  },
  audio: {
    chat: user({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
    gemini: part({ inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }),
  },
  video: { gemini: part({ inlineData: { mimeType: 'video/mp4', data: 'AAAA' } }) },
  cache_hint: {
    chat: user({ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }),
    messages: {
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    },
  },
  tools: {
    chat: { tools: [CHAT_TOOL] },
    responses: { tools: [FLAT_TOOL] },
    messages: { tools: [CLAUDE_TOOL] },
    gemini: { tools: GEMINI_TOOLS },
  },
  tool_strict: {
    chat: { tools: [{ type: 'function', function: { name: 'f', parameters: SCHEMA, strict: true } }] },
    responses: { tools: [{ ...FLAT_TOOL, strict: true }] },
    messages: { tools: [{ ...CLAUDE_TOOL, strict: true }] },
  },
  custom_tool: {
    chat: { tools: [{ type: 'custom', custom: { name: 'sql' } }] },
    responses: { tools: [{ type: 'custom', name: 'sql' }] },
  },
  provider_tool: {
    chat: { web_search_options: {} },
    responses: { tools: [{ type: 'web_search' }] },
    messages: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    gemini: { tools: [{ googleSearch: {} }] },
  },
  tool_choice: {
    chat: { tools: [CHAT_TOOL], tool_choice: { type: 'function', function: { name: 'f' } } },
    responses: { tools: [FLAT_TOOL], tool_choice: 'required' },
    messages: { tools: [CLAUDE_TOOL], tool_choice: { type: 'tool', name: 'f' } },
    gemini: { tools: GEMINI_TOOLS, toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
  },
  tool_choice_none: {
    chat: { tools: [CHAT_TOOL], tool_choice: 'none' },
    responses: { tools: [FLAT_TOOL], tool_choice: 'none' },
    messages: { tools: [CLAUDE_TOOL], tool_choice: { type: 'none' } },
    gemini: { tools: GEMINI_TOOLS, toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
  },
  tool_choice_allowed: {
    chat: {
      tools: [CHAT_TOOL],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [CHAT_TOOL] } },
    },
    responses: {
      tools: [FLAT_TOOL],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [FLAT_TOOL] },
    },
  },
  serial_tools: {
    chat: { tools: [CHAT_TOOL], parallel_tool_calls: false },
    responses: { tools: [FLAT_TOOL], parallel_tool_calls: false },
    messages: { tools: [CLAUDE_TOOL], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  },
  tool_result: {
    chat: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: null, tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'c1', content: 'found' },
      ],
    },
    responses: {
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":"b"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'found' },
      ],
    },
    messages: answered('found'),
    gemini: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 'b' } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 'found' } } }] },
      ],
    },
  },
  tool_error: { messages: answered('no', { is_error: true }) },
  tool_media: {
    messages: answered([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }]),
  },
  json_object: {
    chat: { response_format: { type: 'json_object' } },
    responses: { text: { format: { type: 'json_object' } } },
    gemini: config({ responseMimeType: 'application/json' }),
  },
  json_schema: {
    chat: { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } } },
    responses: { text: { format: { type: 'json_schema', name: 'x', schema: SCHEMA } } },
    messages: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
    gemini: config({ responseMimeType: 'application/json', responseJsonSchema: SCHEMA }),
  },
  stop: {
    chat: { stop: ['END'] },
    messages: { stop_sequences: ['END'] },
    gemini: config({ stopSequences: ['END'] }),
  },
  max_tokens: {
    chat: { max_completion_tokens: 77 },
    responses: { max_output_tokens: 77 },
    messages: { max_tokens: 77 },
    gemini: config({ maxOutputTokens: 77 }),
  },
  temperature: {
    chat: { temperature: 0.5 },
    responses: { temperature: 0.5 },
    messages: { temperature: 0.5 },
    gemini: config({ temperature: 0.5 }),
  },
  top_p: {
    chat: { top_p: 0.5 },
    responses: { top_p: 0.5 },
    messages: { top_p: 0.5 },
    gemini: config({ topP: 0.5 }),
  },
  top_k: { messages: { top_k: 5 }, gemini: config({ topK: 5 }) },
  frequency_penalty: { chat: { frequency_penalty: 0.5 }, gemini: config({ frequencyPenalty: 0.5 }) },
  presence_penalty: { chat: { presence_penalty: 0.5 }, gemini: config({ presencePenalty: 0.5 }) },
  seed: { chat: { seed: 5 }, gemini: config({ seed: 5 }) },
  choices: { chat: { n: 2 }, gemini: config({ candidateCount: 2 }) },
  logprobs: {
    chat: { logprobs: true, top_logprobs: 2 },
    responses: { include: ['message.output_text.logprobs'], top_logprobs: 2 },
    gemini: config({ responseLogprobs: true, logprobs: 2 }),
  },
  logit_bias: { chat: { logit_bias: { 50256: -100 } } },
  reasoning: {
    chat: { reasoning_effort: 'high' },
    responses: { reasoning: { effort: 'high' } },
    messages: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    gemini: config({ thinkingConfig: { thinkingBudget: 2000 } }),
  },
  thought_own: {},
  thought_other: {
    chat: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Yo', reasoning_content: 'Hm.' },
        { role: 'user', content: 'So?' },
      ],
    },
    messages: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: '' },
            { type: 'text', text: 'Yo' },
          ],
        },
        { role: 'user', content: 'So?' },
      ],
    },
  },
  user: {
    chat: { user: 'u1' },
    responses: { safety_identifier: 'u1' },
    messages: { metadata: { user_id: 'u1' } },
  },
  openai_only: { chat: { verbosity: 'low' }, responses: { metadata: { a: 'b' } } },
  prediction: { chat: { prediction: { type: 'content', content: 'x' } } },
  audio_out: {
    chat: { modalities: ['text', 'audio'], audio: { voice: 'v', format: 'wav' } },
  },
  stored_state: {
    responses: { previous_response_id: 'resp_1' },
    messages: { container: 'c' },
    gemini: { cachedContent: 'cachedContents/1' },
  },
  unknown: {
    chat: { brand_new: 1 },
    responses: { brand_new: 1 },
    messages: { brand_new: 1 },
    gemini: { brandNew: 1 },
  },
};

const PLAIN: Readonly<Record<Client, JsonObject>> = {
  chat: { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
  responses: { model: 'm', input: 'Hi' },
  messages: { model: 'm', max_tokens: 5000, messages: [{ role: 'user', content: 'Hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
};

/** Models that take everything their dialect has words for. */
const MODELS: Readonly<Record<Target, string>> = {
  chat: 'some-open-model',
  responses: 'some-open-model',
  messages: 'claude-haiku-4-5',
  gemini: 'gemini-2.5-flash',
  converse: 'us.anthropic.claude-haiku-4-5-v1:0',
  cohere_chat: 'command-a-reasoning-08-2025',
  ollama_chat: 'qwen3',
};

function open(client: Client, target: Target, asked: JsonObject, kind = 'other'): TranslatedCall {
  const found = translation(client, target);
  if (found === undefined) throw new Error(`no translation from ${client} to ${target}`);
  const body = structuredClone({ ...PLAIN[client], ...asked });
  return found.open(body, { model: MODELS[target], kind, inputTokens: 1, nowMs: 0, id: 'x' });
}

/** Without the feature, but with what it needs (tools), so that only the feature makes the difference. */
function without(feature: FeatureId, asked: JsonObject): JsonObject {
  const needs = feature.startsWith('tool_choice') || feature === 'serial_tools';
  return needs && asked.tools !== undefined ? { tools: asked.tools } : {};
}

for (const feature of Object.keys(FEATURES) as FeatureId[]) {
  t.test(`${feature}: every dialect does with it what the table says`, async (t) => {
    for (const [client, asked] of Object.entries(CASES[feature]) as [Client, JsonObject][]) {
      for (const target of TARGETS) {
        if (target === client) continue;
        const verdict = VERDICTS[feature][target];
        const name = `${client} → ${target}: ${verdict}`;
        if (verdict === 'refused') {
          t.throws(() => open(client, target, asked), { code: 'invalid_request' }, name);
          continue;
        }
        const { body, dropped } = open(client, target, asked);
        if (verdict === 'dropped') t.not(dropped.length, 0, `${name}: ${dropped}`);
        if (verdict === 'carried') t.strictSame(dropped, [], name);
        const plain = open(client, target, without(feature, asked)).body;
        const changed = canonicalJson(body) !== canonicalJson(plain);
        if (verdict !== 'dropped') t.ok(changed, `${name} changes the request`);
      }
    }
  });
}

t.test('what is dropped is named in the words of the client, once', async (t) => {
  const many = { messages: [0, 1].map(() => ({ role: 'user', name: 'ann', content: 'Hi' })), seed: 1 };
  t.strictSame(open('chat', 'messages', many).dropped, ['messages[].name', 'seed']);
  t.strictSame(open('gemini', 'messages', config({ seed: 1 })).dropped, ['generationConfig.seed']);
});

t.test('a refusal names the field', async (t) => {
  const asked = user(
    { type: 'text', text: 'Hi' },
    { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
  );
  try {
    open('chat', 'messages', asked);
    t.fail('audio is refused');
  } catch (error) {
    t.equal(error instanceof Fault && error.details.param, 'messages[0].content[1]');
  }
});

t.test('docs/dialects.md has the table as it is', async (t) => {
  const marks: Readonly<Record<string, string>> = {
    carried: '✓',
    adapted: '~',
    dropped: 'dropped',
    refused: 'refused',
  };
  const rows = readFileSync('docs/dialects.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.split('|').length === 4 + TARGETS.length)
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const wanted = Object.entries(FEATURES).map(([id, { title, ...rest }]) => [
    title,
    ...TARGETS.map((target) => marks[VERDICTS[id as FeatureId][target]]),
    'note' in rest ? rest.note : '',
  ]);
  t.strictSame(rows, wanted);
});
