import t from 'tap';
import { startGateway } from '../support/gateway.ts';
import { startUpstream } from '../upstream/upstream.ts';
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

t.test(`${LIBRARY}: embeddings, token counts and models`, { skip: skipUnless(LIBRARY) }, async (t) => {
  const { GoogleGenAI } = await import('@google/genai');
  const upstream = await startUpstream(t, ({ path }) => ({
    chunks: [
      path.endsWith(':countTokens')
        ? '{"totalTokens":7}'
        : path.endsWith('/embeddings')
          ? '{"data":[{"index":0,"embedding":[5,6]}],"usage":{"prompt_tokens":3,"total_tokens":3}}'
          : '{"embeddings":[{"values":[1,2]},{"values":[3,4]}]}',
    ],
  }));
  const { origin, key } = await startGateway(t, {
    providers: {
      gemini: { kind: 'gemini', api_key: 'k', base_url: `${upstream.url}/v1beta` },
      openai: { kind: 'openai', api_key: 'k', base_url: `${upstream.url}/v1` },
    },
  });
  const { models } = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: origin } });
  const many = await models.embedContent({ model: 'gemini-embedding-001', contents: ['one', 'two'] });
  t.same(
    many.embeddings?.map(({ values }) => values),
    [
      [1, 2],
      [3, 4],
    ],
  );
  const other = await models.embedContent({ model: 'text-embedding-3-small', contents: 'one' });
  t.same(other.embeddings?.[0]?.values, [5, 6]);
  t.equal((await models.countTokens({ model: 'gemini-2.5-flash', contents: 'hello' })).totalTokens, 7);
  const names: (string | undefined)[] = [];
  for await (const { name } of await models.list()) names.push(name);
  t.ok(names.includes('models/gemini-2.5-flash'));
  t.equal((await models.get({ model: 'gemini-2.5-flash' })).displayName, 'gemini-2.5-flash');
});
