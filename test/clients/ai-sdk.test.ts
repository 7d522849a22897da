import t from 'tap';
import { type Client, skipUnless, tryClient } from './suite.ts';

const LIBRARIES = ['@ai-sdk/openai', '@ai-sdk/anthropic'] as const;

for (const library of LIBRARIES) {
  t.test(`ai with ${library}`, { skip: skipUnless(library) || skipUnless('ai') }, async (t) => {
    const { APICallError, generateText, jsonSchema, Output, stepCountIs, streamText, tool } = await import(
      'ai'
    );
    const { createOpenAI } = await import('@ai-sdk/openai');
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    await tryClient(t, ({ origin, key }): Client => {
      const openai = createOpenAI({ baseURL: `${origin}/v1`, apiKey: key });
      const anthropic = createAnthropic({ baseURL: `${origin}/v1`, apiKey: key });
      const named = (model: string) => (library === '@ai-sdk/openai' ? openai.chat(model) : anthropic(model));
      const asking = (model: string) => ({ model: named(model), maxRetries: 0, maxOutputTokens: 100 });
      let args: unknown;
      const tools = {
        get_weather: tool({
          description: 'tells the weather',
          inputSchema: jsonSchema<{ location: string }>({
            type: 'object',
            properties: { location: { type: 'string' } },
          }),
          execute: async (input) => {
            args = input;
            return 'sunny';
          },
        }),
      };
      const rounds = { prompt: 'weather in Paris?', tools, stopWhen: stepCountIs(3) };
      return {
        chat: async (model, prompt) => (await generateText({ ...asking(model), prompt })).text,
        stream: async (model, prompt) => {
          const pieces: string[] = [];
          for await (const piece of streamText({ ...asking(model), prompt }).textStream) pieces.push(piece);
          return pieces;
        },
        tools: async (model) => {
          const { text } = await generateText({ ...asking(model), ...rounds });
          return { args, text };
        },
        toolsStreamed: async (model) => {
          const text = await streamText({ ...asking(model), ...rounds }).text;
          return { args, text };
        },
        json: async (model) => {
          const schema = jsonSchema<{ city: string }>({
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
            additionalProperties: false,
          });
          const { output } = await generateText({
            ...asking(model),
            prompt: 'which city?',
            output: Output.object({ schema }),
          });
          return output;
        },
        image: async (model, data) => {
          const content = [
            { type: 'text' as const, text: 'what is this?' },
            { type: 'image' as const, image: data, mediaType: 'image/png' },
          ];
          return (await generateText({ ...asking(model), messages: [{ role: 'user', content }] })).text;
        },
        failure: async (model) => {
          const error: unknown = await generateText({ ...asking(model), prompt: 'please fail' }).catch(
            (thrown: unknown) => thrown,
          );
          return APICallError.isInstance(error) ? error.statusCode : undefined;
        },
        abort: async (model) => {
          const leaving = new AbortController();
          const { textStream } = streamText({
            ...asking(model),
            prompt: 'hello',
            abortSignal: leaving.signal,
          });
          for await (const _ of textStream) break;
          leaving.abort();
        },
      };
    });
  });
}
