import t from 'tap';
import { type Client, skipUnless, tryClient } from './suite.ts';

const LIBRARY = '@google/genai';

t.test(LIBRARY, { skip: skipUnless(LIBRARY) }, async (t) => {
  const { ApiError, GoogleGenAI, Type } = await import('@google/genai');
  await tryClient(t, ({ origin, key }): Client => {
    const { models } = new GoogleGenAI({
      apiKey: key,
      httpOptions: { baseUrl: origin, retryOptions: { attempts: 1 } },
    });
    const tools = [
      {
        functionDeclarations: [
          {
            name: 'get_weather',
            parametersJsonSchema: { type: 'object', properties: { location: { type: 'string' } } },
          },
        ],
      },
    ];
    type Contents = Parameters<typeof models.generateContent>[0]['contents'];
    const question = { role: 'user', parts: [{ text: 'weather in Paris?' }] };
    const after = (args: Record<string, unknown>): Contents => [
      question,
      { role: 'model', parts: [{ functionCall: { name: 'get_weather', args } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'get_weather', response: { sky: 'sunny' } } }] },
    ];
    const streamed = async (model: string, contents: Contents, config = {}) => {
      const pieces: string[] = [];
      let args: Record<string, unknown> = {};
      for await (const chunk of await models.generateContentStream({ model, contents, config })) {
        if (chunk.text !== undefined) pieces.push(chunk.text);
        args = chunk.functionCalls?.[0]?.args ?? args;
      }
      return { pieces, args };
    };
    return {
      chat: async (model, contents) => (await models.generateContent({ model, contents })).text ?? '',
      stream: async (model, prompt) => (await streamed(model, prompt)).pieces,
      tools: async (model) => {
        const first = await models.generateContent({ model, contents: [question], config: { tools } });
        const args = first.functionCalls?.[0]?.args ?? {};
        const second = await models.generateContent({ model, contents: after(args), config: { tools } });
        return { args, text: second.text ?? '' };
      },
      toolsStreamed: async (model) => {
        const { args } = await streamed(model, [question], { tools });
        return { args, text: (await streamed(model, after(args), { tools })).pieces.join('') };
      },
      json: async (model) => {
        const answer = await models.generateContent({
          model,
          contents: 'which city?',
          config: {
            responseMimeType: 'application/json',
            responseSchema: {
              type: Type.OBJECT,
              properties: { city: { type: Type.STRING } },
              required: ['city'],
            },
          },
        });
        return JSON.parse(answer.text ?? '');
      },
      image: async (model, data) => {
        const contents = [
          {
            role: 'user',
            parts: [{ text: 'what is this?' }, { inlineData: { mimeType: 'image/png', data } }],
          },
        ];
        return (await models.generateContent({ model, contents })).text ?? '';
      },
      failure: async (model) => {
        const error: unknown = await models
          .generateContent({ model, contents: 'please fail' })
          .catch((thrown: unknown) => thrown);
        return error instanceof ApiError ? error.status : undefined;
      },
      abort: async (model) => {
        const leaving = new AbortController();
        const stream = await models.generateContentStream({
          model,
          contents: 'hello',
          config: { abortSignal: leaving.signal },
        });
        await stream.next();
        leaving.abort();
        await stream.return(undefined);
      },
    };
  });
});
