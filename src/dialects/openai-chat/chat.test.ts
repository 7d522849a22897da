import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { openAiCompletions } from '../openai-completions/index.ts';
import { openAiChat } from './index.ts';

const { stream } = openAiChat;

function texts(body: JsonObject): string[] {
  return openAiChat
    .texts(body)
    .map(({ path, origin, text, json }) => `${path} ${origin}${json ? ' json' : ''}: ${text}`);
}

t.test('what the gateway needs to know of a body', async (t) => {
  t.same(
    openAiChat.describe({
      model: 'gpt-5.1',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      n: 2,
      max_tokens: 10,
      max_completion_tokens: 20,
      user: 'u1',
      tools: [
        { type: 'function', function: { name: 'look_up' } },
        { type: 'custom', custom: { name: 'sql' } },
        { type: 'code_interpreter' },
      ],
    }),
    {
      model: 'gpt-5.1',
      stream: true,
      outputCapTokens: 20,
      choices: 2,
      tools: ['look_up', 'sql', 'code_interpreter'],
      user: 'u1',
    },
  );
});

t.test('null is absent, and a stored prompt may supply model and messages', async (t) => {
  const empty = { stream: false, outputCapTokens: undefined, choices: 1, tools: [], user: undefined };
  const nulls = { stream: null, n: null, max_tokens: null, tools: null, user: null };
  t.same(openAiChat.describe({ model: 'm', messages: [], ...nulls }), { model: 'm', ...empty });
  t.same(openAiChat.describe({ prompt: { id: 'support' } }), { model: '', ...empty });
  t.same(openAiChat.describe({ model: '@prompt/support' }), { model: '@prompt/support', ...empty });
});

t.test('a refusal names the field and what is wrong with it', async (t) => {
  const sound: JsonObject = { model: 'm', messages: [] };
  const table: [JsonObject, string, string][] = [
    [{ messages: [] }, 'model', "'model' must be a non-empty string; it is missing."],
    [{ ...sound, model: 7 }, 'model', "'model' must be a non-empty string; not a number."],
    [{ model: 'm' }, 'messages', "'messages' must be an array of objects; it is missing."],
    [{ ...sound, messages: 'hi' }, 'messages', "'messages' must be an array of objects; not a string."],
    [{ ...sound, messages: [{}, 'hi'] }, 'messages[1]', "'messages[1]' must be an object; not a string."],
    [{ ...sound, stream: 'yes' }, 'stream', "'stream' must be true or false; not a string."],
    [{ ...sound, n: 0 }, 'n', "'n' must be a positive whole number; 0 was sent."],
    [
      { ...sound, max_tokens: 1.5 },
      'max_tokens',
      "'max_tokens' must be a positive whole number; 1.5 was sent.",
    ],
    [{ ...sound, tools: {} }, 'tools', "'tools' must be an array of objects; not an object."],
  ];
  for (const [body, param, message] of table) {
    t.throws(
      () => openAiChat.describe(body),
      { code: 'invalid_request', message, details: { param } },
      param,
    );
  }
});

t.test('the cap goes where the client put it, else where the family wants it', async (t) => {
  const capped = (body: JsonObject): JsonObject => {
    openAiChat.setOutputCap(body, 5);
    return body;
  };
  t.same(capped({ model: 'gpt-5', max_tokens: 9 }), { model: 'gpt-5', max_tokens: 5 });
  for (const model of ['gpt-5', 'openai/gpt-6.1-mini', 'o3', 'gpt-10']) {
    t.same(capped({ model }), { model, max_completion_tokens: 5 });
  }
  for (const model of ['gpt-4o', 'llama-3', 'olmo-2']) t.same(capped({ model }), { model, max_tokens: 5 });
});

t.test('every text a person or a tool wrote is found (litellm PR#38841, #41265)', async (t) => {
  t.same(
    texts({
      model: 'gpt-4o',
      messages: [
        { role: 'developer', content: 'be kind' },
        {
          role: 'user',
          name: 'Ada',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://x.test/?q=ada@x.test' } },
            { type: 'file', file: { filename: 'ada.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          refusal: 'no',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":"b"}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'result' },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'finds',
            parameters: {
              type: 'object',
              properties: { id: { type: 'string', description: 'whose' } },
              required: ['id'],
            },
          },
        },
      ],
      prediction: { type: 'content', content: 'guess' },
      metadata: { type: 'case of Ada' },
      user: 'ada@x.test',
      user_id: 'ada',
    }),
    [
      'messages[0].content system: be kind',
      'messages[1].name user: Ada',
      'messages[1].content[0].text user: look',
      'messages[1].content[1].image_url.detail user: low',
      'messages[1].content[2].image_url.url user: https://x.test/?q=ada@x.test',
      'messages[1].content[3].file.filename user: ada.pdf',
      'messages[2].refusal assistant: no',
      'messages[2].tool_calls[0].function.arguments assistant json: {"a":"b"}',
      'messages[3].content tool: result',
      'tools[0].function.description system: finds',
      'tools[0].function.parameters.properties.id.description system: whose',
      'prediction.content assistant: guess',
      'metadata.type metadata: case of Ada',
      'user metadata: ada@x.test',
      'user_id metadata: ada',
    ],
  );
});

t.test('a data: URL is no prose where a URL stands, and prose everywhere else', async (t) => {
  t.same(texts({ messages: [{ role: 'user', content: 'data:text/plain,ada@x.test' }] }), [
    'messages[0].content user: data:text/plain,ada@x.test',
  ]);
});

t.test('nesting without end is refused, not a crash', async (t) => {
  const deep: JsonObject = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
  t.throws(() => openAiChat.texts({ messages: [deep] }), { code: 'invalid_request' });
});

t.test('a chunk is interesting only for a value', async (t) => {
  const table: [string, boolean][] = [
    ['{"choices":[{"delta":{"content":"a"},"finish_reason":null}],"usage":null}', false],
    ['{"choices":[{"delta":{"content":"a"},"finish_reason": null}], "usage" : null}', false],
    ['{"choices":[{"delta":{"content":"\\"usage\\":{}"},"finish_reason":null}]}', false],
    ['{"choices":[{"delta":{},"finish_reason":"stop"}]}', true],
    ['{"choices":[{"delta":{},"finish_reason": "stop"}]}', true],
    ['{"choices":[],"usage":{"prompt_tokens":1}}', true],
    ['{"x_groq":{"usage":{"prompt_tokens":1}}}', true],
    ['{"error":{"message":"m"}}', true],
    ['[DONE]', true],
  ];
  for (const [data, expected] of table) t.equal(stream.interesting(data), expected, data);
});

t.test('each choice, tool call and kind of text has a channel of its own (litellm#16194)', async (t) => {
  const pieces = stream.pieces({
    id: 'c',
    choices: [
      {
        index: 1,
        delta: {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
            { type: 'text', text: 'ok' },
          ],
          reasoning_content: 'why',
          tool_calls: [
            { index: 2, function: { arguments: '{' } },
            { id: 'a/b', function: { name: 'f', arguments: '{}' } },
            { function: { arguments: '[' } },
          ],
          annotations: [{ type: 'url_citation', url_citation: { title: 'news', url: 'https://x.test' } }],
        },
      },
      { index: 0, delta: { content: null, tool_calls: null } },
    ],
  });
  t.same(
    pieces.map(({ channel, text, json, aggregate }) => [channel, text, json, aggregate]),
    [
      ['1/thinking', 'hm', false, false],
      ['1/content', 'ok', false, false],
      ['1/reasoning_content', 'why', false, false],
      ['1/tool/2/arguments', '{', true, false],
      ['1/tool/#a/b/arguments', '{}', true, false],
      ['1/tool/2/arguments', '[', true, false],
      ['choices[0].delta.annotations[0].url_citation.title', 'news', false, true],
      ['choices[0].delta.annotations[0].url_citation.url', 'https://x.test', false, true],
    ],
  );
  for (const { channel } of pieces.slice(0, 5)) {
    t.same(stream.pieces(stream.carrier(channel, 'x', {}))[0]?.channel, channel);
  }
});

t.test('a finished choice closes its own channels and no other', async (t) => {
  t.same(stream.closes({ choices: [{ index: 1, delta: {}, finish_reason: 'stop' }] }), ['1/']);
  t.same(stream.closes({ choices: [{ index: 0, delta: {}, finish_reason: null }] }), []);
  t.equal(stream.closes({ error: { message: 'm' } }), 'all');
});

t.test('usage is asked for only where the client did not, and taken out again', async (t) => {
  const silent: JsonObject = { stream_options: { include_obfuscation: false } };
  t.equal(stream.requestUsage(silent), true);
  t.same(silent.stream_options, { include_obfuscation: false, include_usage: true });
  t.equal(stream.requestUsage(silent), false);
  t.equal(stream.usageOnly({ choices: [], usage: { prompt_tokens: 1 } }), true);
  t.equal(
    stream.usageOnly({ choices: [], prompt_filter_results: [] }),
    false,
    'Azure says something else with it',
  );
  t.equal(stream.usageOnly({ choices: [{ finish_reason: 'stop' }], usage: { prompt_tokens: 1 } }), false);
});

t.test('tokens, in one meaning for all who speak this dialect', async (t) => {
  const read = (usage: JsonObject): unknown => openAiChat.answerUsage({ usage });
  t.match(
    read({
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 10, audio_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 3 },
    }),
    {
      inputTokens: 100,
      cachedInputTokens: 40,
      cacheWriteTokens: 10,
      audioInputTokens: 5,
      outputTokens: 50,
      reasoningTokens: 30,
      audioOutputTokens: 3,
      source: 'reported',
    },
  );
  t.match(read({ prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 8 }), {
    cachedInputTokens: 8,
  });
  t.match(read({ prompt_tokens: 9, completion_tokens: 1, num_cached_tokens: 7 }), { cachedInputTokens: 7 });
  t.match(
    read({
      prompt_tokens: 12,
      completion_tokens: 2,
      total_tokens: 354,
      completion_tokens_details: { reasoning_tokens: 340 },
    }),
    { outputTokens: 342, reasoningTokens: 340 },
    'xAI leaves reasoning out of the completion',
  );
  t.match(
    read({ prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9 } }),
    { inputTokens: 5, cachedInputTokens: 5 },
    'a part is never more than the whole (litellm#14849)',
  );
  t.match(read({ prompt_tokens: 5 }), { inputTokens: 5, outputTokens: 0 });
  t.equal(
    read({ prompt_tokens: 5, completion_tokens: '7' }),
    undefined,
    'an output that is no count is estimated, not free',
  );
  for (const usage of [{ prompt_tokens: -1 }, { prompt_tokens: 1.5, completion_tokens: 'x' }, {}]) {
    t.equal(read(usage), undefined);
  }
  t.equal(stream.usage({ usage: null }, undefined), undefined);
  t.match(stream.usage({ x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } } }, undefined), {
    outputTokens: 4,
  });
});

t.test('log probabilities, which repeat the tokens, can be dropped', async (t) => {
  const answer: JsonObject = { choices: [{ message: {}, logprobs: { content: [{ token: 'Ada' }] } }] };
  openAiChat.dropTokenEchoes(answer);
  t.notMatch(JSON.stringify(answer), 'Ada');
});

t.test('completions: prompts and their answers', async (t) => {
  const describe = (body: JsonObject): unknown => openAiCompletions.describe({ model: 'm', ...body });
  t.match(describe({ prompt: ['a', 'b'], n: 3, max_tokens: 0 }), { choices: 6, outputCapTokens: 0 });
  t.match(describe({ prompt: [1, 2, 3], best_of: 2 }), { choices: 2 });
  t.throws(() => describe({ prompt: 3 }), { code: 'invalid_request', details: { param: 'prompt' } });
  t.same(
    openAiCompletions
      .texts({ model: 'm', prompt: ['a b', [1, 2]], suffix: 'end' })
      .map((piece) => piece.path),
    ['prompt[0]', 'suffix'],
  );
  const [piece] = openAiCompletions.stream.pieces({ choices: [{ index: 1, text: 'x' }] });
  t.equal(piece?.channel, '1/text');
  t.same(openAiCompletions.stream.pieces(openAiCompletions.stream.carrier('1/text', 'y', {}))[0]?.text, 'y');
});
