/** Translated streams are put together by the clients' own SDKs: text, calls, thoughts, usage. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import t from 'tap';
import type { JsonObject } from '../../src/core/json.ts';
import type { Target } from '../../src/dialects/canonical/features.ts';
import { anthropicMessages, openAiChat, openAiResponses, translation } from '../../src/dialects/index.ts';

const message = (type: string, more: JsonObject): JsonObject => ({ type, ...more });

/** One answer in several dialects: a thought, a text and two calls. */
const STREAMS: Readonly<Partial<Record<Target, readonly JsonObject[]>>> = {
  messages: [
    message('message_start', {
      message: { id: 'msg_1', model: 'c', usage: { input_tokens: 3, output_tokens: 1 } },
    }),
    message('content_block_start', {
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    }),
    message('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } }),
    message('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } }),
    message('content_block_stop', { index: 0 }),
    message('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
    message('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'Let me' } }),
    message('content_block_delta', { index: 1, delta: { type: 'text_delta', text: ' see.' } }),
    message('content_block_stop', { index: 1 }),
    message('content_block_start', {
      index: 2,
      content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} },
    }),
    message('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: '{"x":' } }),
    message('content_block_delta', { index: 2, delta: { type: 'input_json_delta', partial_json: '1}' } }),
    message('content_block_stop', { index: 2 }),
    message('content_block_start', {
      index: 3,
      content_block: { type: 'tool_use', id: 'b', name: 'g', input: {} },
    }),
    message('content_block_stop', { index: 3 }),
    message('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } }),
    message('message_stop', {}),
  ],
  chat: [
    { id: 'c', model: 'm', choices: [{ index: 0, delta: { role: 'assistant', reasoning_content: 'Hm.' } }] },
    { id: 'c', choices: [{ index: 0, delta: { content: 'Let me' } }] },
    {
      id: 'c',
      choices: [
        {
          index: 0,
          delta: {
            content: ' see.',
            tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }],
          },
        },
      ],
    },
    {
      id: 'c',
      choices: [
        { index: 0, delta: { tool_calls: [{ index: 1, id: 'b', function: { name: 'g', arguments: '' } }] } },
      ],
    },
    {
      id: 'c',
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: '1}' } }] } }],
    },
    { id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    { id: 'c', choices: [], usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 } },
  ],
  gemini: [
    {
      candidates: [{ content: { parts: [{ text: 'Hm.', thought: true }] } }],
      modelVersion: 'g',
      responseId: 'r',
    },
    { candidates: [{ content: { parts: [{ text: 'Let me' }] } }] },
    {
      candidates: [
        {
          content: {
            parts: [
              { text: ' see.' },
              { functionCall: { name: 'f', args: { x: 1 } }, thoughtSignature: 'c2ln' },
              { functionCall: { name: 'g', args: {} } },
            ],
          },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 9, totalTokenCount: 12 },
    },
  ],
  converse: [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'Let me see.' } } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { contentBlockStart: { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'a', name: 'f' } } } },
    { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"x":1}' } } } },
    { contentBlockStop: { contentBlockIndex: 2 } },
    { contentBlockStart: { contentBlockIndex: 3, start: { toolUse: { toolUseId: 'b', name: 'g' } } } },
    { contentBlockStop: { contentBlockIndex: 3 } },
    { messageStop: { stopReason: 'tool_use' } },
    { metadata: { usage: { inputTokens: 3, outputTokens: 9 } } },
  ],
  cohere_chat: [
    { type: 'message-start', id: 'c', delta: { message: { role: 'assistant' } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { thinking: 'Hm.' } } } },
    { type: 'content-delta', index: 1, delta: { message: { content: { text: 'Let me ' } } } },
    { type: 'content-delta', index: 1, delta: { message: { content: { text: 'see.' } } } },
    ...[
      { id: 'a', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', function: { name: 'g', arguments: '' } },
    ].flatMap((call, index) => [
      { type: 'tool-call-start', index, delta: { message: { tool_calls: call } } },
      { type: 'tool-call-end', index },
    ]),
    {
      type: 'message-end',
      delta: { finish_reason: 'TOOL_CALL', usage: { billed_units: { input_tokens: 3, output_tokens: 9 } } },
    },
  ],
  ollama_chat: [
    { message: { role: 'assistant', content: '', thinking: 'Hm.' }, done: false },
    { message: { content: 'Let me ' }, done: false },
    { message: { content: 'see.' }, done: false },
    { message: { tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }, done: false },
    { message: { tool_calls: [{ function: { name: 'g', arguments: {} } }] }, done: false },
    { message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 9 },
  ],
};

const HI = [{ role: 'user' as const, content: 'Hi' }];

/** What a client would read from the gateway, as its fetch. */
function serving(client: 'chat' | 'responses' | 'messages', provider: Target): typeof fetch {
  return async (_url, init) => {
    const asked: JsonObject = JSON.parse(String(init?.body));
    const target = { model: 'm', kind: 'other', inputTokens: 5, nowMs: 1000, id: 'x' };
    const stream = translation(client, provider)?.open(asked, target).stream();
    const dialect = { chat: openAiChat, responses: openAiResponses, messages: anthropicMessages }[client];
    const events = (STREAMS[provider] ?? []).flatMap((event) => stream?.event(event) ?? []);
    const text = [...events, ...(stream?.end() ?? [])].map((event) => dialect.stream.frame(event)).join('');
    return new Response(text + dialect.stream.terminator, {
      headers: { 'content-type': 'text/event-stream' },
    });
  };
}

for (const provider of ['messages', 'chat', 'gemini', 'converse', 'cohere_chat', 'ollama_chat'] as const) {
  if (provider !== 'chat') {
    t.test(`openai, chat: ${provider}`, async (t) => {
      const client = new OpenAI({
        apiKey: 'k',
        baseURL: 'http://x.test/v1',
        fetch: serving('chat', provider),
      });
      const answer = await client.chat.completions
        .stream({ model: 'm', messages: HI, stream_options: { include_usage: true } })
        .finalChatCompletion();
      t.match(answer, {
        choices: [
          {
            finish_reason: 'tool_calls',
            message: {
              content: 'Let me see.',
              tool_calls: [
                { function: { name: 'f', arguments: '{"x":1}' } },
                { function: { name: 'g', arguments: '{}' } },
              ],
            },
          },
        ],
        usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 },
      });
    });
  }

  t.test(`openai, responses: ${provider}`, async (t) => {
    const client = new OpenAI({
      apiKey: 'k',
      baseURL: 'http://x.test/v1',
      fetch: serving('responses', provider),
    });
    const answer = await client.responses.stream({ model: 'm', input: 'Hi' }).finalResponse();
    t.equal(answer.output_text, 'Let me see.');
    const calls = answer.output.filter((item) => item.type === 'function_call');
    t.match(calls, [
      { name: 'f', arguments: '{"x":1}' },
      { name: 'g', arguments: '{}' },
    ]);
    const thoughts = answer.output.filter((item) => item.type === 'reasoning');
    t.match(thoughts[0], { summary: [{ text: 'Hm.' }] });
    t.match(answer.usage, { input_tokens: 3, output_tokens: 9 });
  });

  if (provider === 'messages') continue;
  t.test(`@anthropic-ai/sdk: ${provider}`, async (t) => {
    const client = new Anthropic({
      apiKey: 'k',
      baseURL: 'http://x.test',
      fetch: serving('messages', provider),
    });
    const answer = await client.messages.stream({ model: 'm', max_tokens: 9, messages: HI }).finalMessage();
    const kinds = answer.content.filter(({ type }) => type !== 'redacted_thinking');
    t.match(kinds, [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_use', name: 'f', input: { x: 1 } },
      { type: 'tool_use', name: 'g', input: {} },
    ]);
    t.match(answer, { stop_reason: 'tool_use', usage: { input_tokens: 3, output_tokens: 9 } });
  });
}
