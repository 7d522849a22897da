import t from 'tap';
import { type Client, skipUnless, tryClient } from './suite.ts';

const LIBRARY = '@langchain/openai';

t.test(LIBRARY, { skip: skipUnless(LIBRARY) }, async (t) => {
  const { ChatOpenAI } = await import('@langchain/openai');
  const { AIMessageChunk, HumanMessage, ToolMessage } = await import('@langchain/core/messages');
  await tryClient(t, ({ origin, key }): Client => {
    const asking = (model: string) =>
      new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${origin}/v1` } });
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'get_weather',
          parameters: { type: 'object', properties: { location: { type: 'string' } } },
        },
      },
    ];
    const question = new HumanMessage('weather in Paris?');
    const after = (message: InstanceType<typeof AIMessageChunk>) => [
      question,
      message,
      new ToolMessage({ content: 'sunny', tool_call_id: message.tool_calls?.[0]?.id ?? '' }),
    ];
    type Asked = Parameters<ReturnType<typeof asking>['stream']>[0];
    const collected = async (stream: AsyncIterable<InstanceType<typeof AIMessageChunk>>) => {
      let all: InstanceType<typeof AIMessageChunk> | undefined;
      for await (const chunk of stream) all = all === undefined ? chunk : all.concat(chunk);
      return all ?? new AIMessageChunk('');
    };
    return {
      chat: async (model, prompt) => (await asking(model).invoke(prompt)).text,
      stream: async (model, prompt) => {
        const pieces: string[] = [];
        for await (const chunk of await asking(model).stream(prompt)) pieces.push(chunk.text);
        return pieces;
      },
      tools: async (model) => {
        const bound = asking(model).bindTools(tools);
        const first = await bound.invoke([question]);
        const second = await bound.invoke(after(first));
        return { args: first.tool_calls?.[0]?.args, text: second.text };
      },
      toolsStreamed: async (model) => {
        const bound = asking(model).bindTools(tools);
        const streamed = async (asked: Asked) => collected(await bound.stream(asked));
        const first = await streamed([question]);
        return { args: first.tool_calls?.[0]?.args, text: (await streamed(after(first))).text };
      },
      json: async (model) =>
        asking(model)
          .withStructuredOutput(
            {
              title: 'city',
              type: 'object',
              properties: { city: { type: 'string' } },
              required: ['city'],
              additionalProperties: false,
            },
            { method: 'jsonSchema', strict: true },
          )
          .invoke('which city?'),
      image: async (model, data) => {
        const content = [
          { type: 'text', text: 'what is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } },
        ];
        return (await asking(model).invoke([new HumanMessage({ content })])).text;
      },
      failure: async (model) => {
        const error: unknown = await asking(model)
          .invoke('please fail')
          .catch((thrown: unknown) => thrown);
        return error instanceof Error && 'status' in error ? Number(error.status) : undefined;
      },
      abort: async (model) => {
        const leaving = new AbortController();
        const stream = await asking(model).stream('hello', { signal: leaving.signal });
        for await (const _ of stream) break;
        leaving.abort();
      },
    };
  });
});
