import Anthropic from '@anthropic-ai/sdk';
import t from 'tap';
import { type Client, tryClient } from './suite.ts';

const max_tokens = 100;
const tools: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    input_schema: { type: 'object', properties: { location: { type: 'string' } } },
  },
];
const question: Anthropic.MessageParam = { role: 'user', content: 'weather in Paris?' };

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

function callOf({ content }: Anthropic.Message): Anthropic.ToolUseBlock {
  const call = content.find((block) => block.type === 'tool_use');
  if (call === undefined) throw new Error('no tool was called');
  return call;
}

t.test('@anthropic-ai/sdk', (t) =>
  tryClient(t, ({ origin, key }): Client => {
    const { messages } = new Anthropic({ baseURL: origin, apiKey: key, maxRetries: 0 });
    const after = (message: Anthropic.Message): Anthropic.MessageParam[] => [
      question,
      { role: 'assistant', content: message.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: callOf(message).id, content: 'sunny' }],
      },
    ];
    const ask = (content: string) => [{ role: 'user' as const, content }];
    return {
      chat: async (model, prompt) =>
        textOf(await messages.create({ model, max_tokens, messages: ask(prompt) })),
      stream: async (model, prompt) => {
        const pieces: string[] = [];
        const stream = messages.stream({ model, max_tokens, messages: ask(prompt) });
        stream.on('text', (text) => pieces.push(text));
        await stream.finalMessage();
        return pieces;
      },
      tools: async (model) => {
        const first = await messages.create({ model, max_tokens, tools, messages: [question] });
        const second = await messages.create({ model, max_tokens, tools, messages: after(first) });
        return { args: callOf(first).input, text: textOf(second) };
      },
      toolsStreamed: async (model) => {
        const first = await messages
          .stream({ model, max_tokens, tools, messages: [question] })
          .finalMessage();
        const second = messages.stream({ model, max_tokens, tools, messages: after(first) });
        return { args: callOf(first).input, text: textOf(await second.finalMessage()) };
      },
      json: async (model) => {
        const schema = {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        };
        const message = await messages.create({
          model,
          max_tokens,
          messages: ask('which city?'),
          output_config: { format: { type: 'json_schema', schema } },
        });
        return JSON.parse(textOf(message));
      },
      image: async (model, data) =>
        textOf(
          await messages.create({
            model,
            max_tokens,
            messages: [
              {
                role: 'user',
                content: [
                  { type: 'text', text: 'what is this?' },
                  { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
                ],
              },
            ],
          }),
        ),
      failure: async (model) => {
        const error: unknown = await messages
          .create({ model, max_tokens, messages: ask('please fail') })
          .catch((thrown: unknown) => thrown);
        return error instanceof Anthropic.BadRequestError ? error.status : undefined;
      },
      abort: async (model) => {
        const stream = await messages.create({ model, max_tokens, messages: ask('hello'), stream: true });
        for await (const _ of stream) break;
      },
    };
  }),
);
