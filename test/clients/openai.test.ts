import OpenAI from 'openai';
import t from 'tap';
import { type Client, tryClient } from './suite.ts';

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { location: { type: 'string' } } },
    },
  },
];
const question: OpenAI.ChatCompletionMessageParam = { role: 'user', content: 'weather in Paris?' };

function argsOf(message: OpenAI.ChatCompletionMessage): { readonly id: string; readonly args: unknown } {
  const call = message.tool_calls?.[0];
  if (call?.type !== 'function') throw new Error('no tool was called');
  return { id: call.id, args: JSON.parse(call.function.arguments) };
}

function textOf(completion: OpenAI.ChatCompletion): string {
  return completion.choices[0]?.message.content ?? '';
}

function messageOf(completion: OpenAI.ChatCompletion): OpenAI.ChatCompletionMessage {
  const message = completion.choices[0]?.message;
  if (message === undefined) throw new Error('no choice');
  return message;
}

t.test('openai', (t) =>
  tryClient(t, ({ origin, key }): Client => {
    const { completions } = new OpenAI({ baseURL: `${origin}/v1`, apiKey: key, maxRetries: 0 }).chat;
    const after = (message: OpenAI.ChatCompletionMessage): OpenAI.ChatCompletionMessageParam[] => [
      question,
      message,
      { role: 'tool', tool_call_id: argsOf(message).id, content: 'sunny' },
    ];
    return {
      chat: async (model, content) =>
        textOf(await completions.create({ model, messages: [{ role: 'user', content }] })),
      stream: async (model, content) => {
        const pieces: string[] = [];
        const stream = await completions.create({
          model,
          stream: true,
          messages: [{ role: 'user', content }],
        });
        for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
        return pieces;
      },
      tools: async (model) => {
        const message = messageOf(await completions.create({ model, tools, messages: [question] }));
        const last = await completions.create({ model, tools, messages: after(message) });
        return { args: argsOf(message).args, text: textOf(last) };
      },
      toolsStreamed: async (model) => {
        const first = completions.stream({ model, tools, messages: [question] });
        const message = messageOf(await first.finalChatCompletion());
        const second = completions.stream({ model, tools, messages: after(message) });
        return { args: argsOf(message).args, text: textOf(await second.finalChatCompletion()) };
      },
      json: async (model) => {
        const schema = {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        };
        const completion = await completions.create({
          model,
          messages: [{ role: 'user', content: 'which city?' }],
          response_format: { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
        });
        return JSON.parse(textOf(completion));
      },
      image: async (model, data) =>
        textOf(
          await completions.create({
            model,
            messages: [
              {
                role: 'user',
                content: [
                  { type: 'text', text: 'what is this?' },
                  { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
                ],
              },
            ],
          }),
        ),
      failure: async (model) => {
        const error: unknown = await completions
          .create({ model, messages: [{ role: 'user', content: 'please fail' }] })
          .catch((thrown: unknown) => thrown);
        return error instanceof OpenAI.BadRequestError ? error.status : undefined;
      },
      abort: async (model) => {
        const stream = await completions.create({
          model,
          stream: true,
          messages: [{ role: 'user', content: 'hello' }],
        });
        for await (const _ of stream) break;
      },
    };
  }),
);
