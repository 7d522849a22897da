import fc from 'fast-check';
import t from 'tap';
import { type JsonObject, parseObject } from '../core/json.ts';
import { NO_USAGE } from '../core/usage.ts';
import { objectsIn, readObject } from '../dialects/fields.ts';
import { openAiChat, SseSplitter } from '../dialects/index.ts';
import type { Client } from './client.ts';
import type { Delivered } from './delivery.ts';
import type { EventTransform } from './stage.ts';
import { StreamDelivery } from './stream-delivery.ts';

const HEAD = '"id":"c","object":"chat.completion.chunk","created":1,"model":"m"';
const sound = (text: string, more = ''): string =>
  `data: {${HEAD},"choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}${more}},"finish_reason":null}]}\n\n`;
const BEGIN = sound('', ',"role":"assistant"');
/** As vendors write that follow OpenAI loosely. */
const loose = (text: string): string =>
  `data: {"id":"c","created":1,"model":"m","choices":[{"delta":{"content":[{"type":"text","text":${JSON.stringify(text)}}],"tool_calls":null}}]}\n\n`;
const END = `data: {${HEAD},"choices":[{"index":0,"delta":{},"finish_reason":"eos"}]}\n\ndata: [DONE]\n\n`;

/** Passes everything on, so that every event is looked at. */
const LOOKING: EventTransform = { event: (event) => [event], end: () => [], whole: () => undefined };

/** What the client is sent, as text. */
function delivered(chunks: readonly Uint8Array[], transforms: readonly EventTransform[]): string {
  const sent: Buffer[] = [];
  const put = (piece: Uint8Array | string): boolean => sent.push(Buffer.from(piece)) > 0;
  const client: Pick<Client, 'startStream' | 'write' | 'endStream' | 'sendFault' | 'onceWritable'> = {
    startStream: () => undefined,
    write: put,
    endStream: (tail) => tail.forEach(put),
    sendFault: (fault) => put(fault.message),
    onceWritable: () => undefined,
  };
  const over: Delivered[] = [];
  const delivery = new StreamDelivery(
    {
      answer: {
        status: 200,
        headers: {},
        stream: true,
        usageInjected: false,
        mender: openAiChat.mender?.({ id: 'x', model: 'm', nowMs: 0, words: {} }),
        source: { pipe: () => undefined, resume: () => undefined, cancel: () => undefined },
      },
      dialect: openAiChat,
      attempt: undefined,
      choices: 1,
      transforms,
      watch: undefined,
      client: client as Client,
      headers: () => ({}),
      costUsd: () => undefined,
      estimateUsage: () => NO_USAGE,
      onDisconnect: 'cancel',
      maxAnswerBytes: 1000,
    },
    (end) => over.push(end),
  );
  for (const chunk of chunks) delivery.data(chunk);
  delivery.end();
  over[0]?.finish();
  return Buffer.concat(sent).toString('utf8');
}

function events(stream: string): JsonObject[] {
  const found: JsonObject[] = [];
  for (const { data } of new SseSplitter(1_000_000).push(Buffer.from(stream))) {
    const event = parseObject(data ?? '');
    if (event !== undefined) found.push(event);
  }
  return found;
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...chunks, bytes.subarray(at)];
}

const words = fc.array(
  fc.tuple(fc.constantFrom('sound', 'loose', 'other'), fc.constantFrom('a', 'ü 水', '"q" \\', '', ' data: ')),
  { maxLength: 12 },
);

t.test(
  'however a stream is cut: sound frames pass as they are, loose ones are mended, in order',
  async () => {
    fc.assert(
      fc.property(words, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }), (said, lengths) => {
        const frames = said.map(([kind, text]) =>
          kind === 'loose' ? loose(text) : sound(text, kind === 'other' ? ',"refusal":null' : ''),
        );
        const sent = delivered(cut(Buffer.from(BEGIN + frames.join('') + END), lengths), []);
        const told = events(sent);
        if (
          told.length !== frames.length + 2 ||
          !sent.startsWith(BEGIN) ||
          !sent.endsWith('data: [DONE]\n\n')
        )
          throw new Error(sent);
        said.forEach(([kind, text], index) => {
          const frame = frames[index] ?? '';
          if (kind !== 'loose' && !sent.includes(frame)) throw new Error(`${frame} was changed: ${sent}`);
          const [choice] = objectsIn(told[index + 1]?.choices);
          const content = readObject(choice?.delta)?.content;
          if (content !== text || choice?.finish_reason !== null) throw new Error(`${frame} became ${sent}`);
        });
        const looked = events(delivered([Buffer.from(BEGIN + frames.join('') + END)], [LOOKING]));
        if (JSON.stringify(looked) !== JSON.stringify(told))
          throw new Error('it is another one where all is looked at');
      }),
      { numRuns: 300 },
    );
  },
);

t.test('a word for the end that is none of the dialect’s ends it all the same', async (t) => {
  t.match(events(delivered([Buffer.from(sound('a') + END)], [])).at(-1), {
    choices: [{ finish_reason: 'stop' }],
  });
});

t.test('a vendor’s word for a failure is never a clean end (bifrost#5546)', async (t) => {
  const sent = delivered([Buffer.from(sound('a') + END.replace('"eos"', '"error"'))], []);
  t.match(sent, 'The provider ended the answer with');
  t.notMatch(sent, '[DONE]');
});
