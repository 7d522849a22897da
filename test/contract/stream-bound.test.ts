/** What is counted of a stream that nobody parses bounds what its provider bills, at recorded and at invented streams. */
import fc from 'fast-check';
import t from 'tap';
import { modelOutputs } from '../../src/budgets/model-outputs.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { openAiChat } from '../../src/dialects/index.ts';
import type { Client } from '../../src/gateway/client.ts';
import { StreamDelivery } from '../../src/gateway/stream-delivery.ts';
import { chat, streamOf } from '../upstream/answers.ts';
import { type Bytes, oddly, perEvent } from '../upstream/upstream.ts';
import { recordings, WITHOUT_RECORDINGS } from './recorded-exchanges.ts';

/** The highest bound that a watch of this stream is told, and the last lower bound. */
function boundOf(dialect: Dialect, chunks: Iterable<Bytes>): { bound: number; least: number } {
  let bound = 0;
  let least = 0;
  const client = {
    startStream: () => undefined,
    write: () => true,
    endStream: () => undefined,
    sendFault: () => undefined,
  } as unknown as Client;
  const source = { pipe: () => undefined, resume: () => undefined, cancel: () => undefined };
  const delivery = new StreamDelivery(
    {
      answer: { status: 200, headers: {}, stream: true, usageInjected: false, source },
      dialect,
      attempt: undefined,
      choices: 1,
      transforms: [],
      watch: {
        ceilingTokens: Number.POSITIVE_INFINITY,
        streamed(mostTokens, leastTokens) {
          bound = Math.max(bound, mostTokens);
          least = leastTokens;
          return true;
        },
      },
      client,
      headers: () => ({}),
      costUsd: () => undefined,
      estimateUsage: () => {
        throw new Error('nobody answers');
      },
      onDisconnect: 'cancel',
      maxAnswerBytes: 1,
    },
    () => undefined,
  );
  for (const chunk of chunks) delivery.data(Buffer.from(chunk));
  return { bound, least };
}

/** Written, but not as text: roles, ends of turns, frames of tool calls. */
const SPECIAL_TOKENS = 16;

/** Written for tests of other things: their text is shorter than their usage says, or stands in the last event. */
const ABRIDGED = new Set([
  'anthropic-anthropic-fallback-stream.json',
  'anthropic-duplicate-message-start-stream.json',
  'mistral-mistral-tool-call-stream.json',
  'perplexity-perplexity-citations-stream.json',
  'perplexity-perplexity-text-stream.json',
]);

t.test(
  'recorded streams: what was billed lies between the bounds',
  { skip: WITHOUT_RECORDINGS },
  async (t) => {
    const outputOf = modelOutputs([]);
    let seen = 0;
    let billed = 0;
    let bounded = 0;
    for (const { name, dialect, answer, stream, complete, status, request } of recordings()) {
      if (!stream || !complete || status >= 300 || ABRIDGED.has(name)) continue;
      const model = String(request?.model ?? /"model":\s*"([^"]+)"/.exec(answer)?.[1]);
      if (outputOf(model).unseen) continue;
      const most = (field: string): number =>
        Math.max(
          0,
          ...[...answer.matchAll(new RegExp(`"${field}":\\s*(\\d+)`, 'g'))].map(([, n]) => Number(n)),
        );
      const output = Math.max(most('completion_tokens'), most('output_tokens'));
      if (output === 0) continue;
      seen += 1;
      for (const chunks of [oddly(answer), perEvent(answer)]) {
        const { bound, least } = boundOf(dialect, chunks);
        if (bound + SPECIAL_TOKENS < output) t.fail(`${name} (${model}): bound ${bound}, billed ${output}`);
        // xAI reports reasoning beside the output, not in it
        if (least > output + most('reasoning_tokens'))
          t.fail(`${name} (${model}): at least ${least}, billed ${output}`);
        billed += output;
        bounded += bound;
      }
    }
    t.ok(seen > 30, `${seen} streams`);
    t.comment(`${seen} streams, bound ${(bounded / billed).toFixed(1)} times what was billed`);
  },
);

t.test('invented streams: at least the bytes of the text, at most those on the wire', async () => {
  const texts = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 5_000 }), (texts, chunkBytes) => {
      const stream = streamOf(chat, ...texts)
        .slice(0, -chat.close.length)
        .join('');
      const wire = Buffer.from(stream);
      const chunks = Array.from({ length: Math.ceil(wire.length / chunkBytes) }, (_, n) =>
        wire.subarray(n * chunkBytes, (n + 1) * chunkBytes),
      );
      const { bound } = boundOf(openAiChat, chunks);
      const bytes = Buffer.byteLength(texts.join(''));
      return bound >= bytes && bound <= wire.length;
    }),
  );
});
