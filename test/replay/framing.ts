/** Bytes of a stream, cut in many ways, and read as events again. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { JsonObject } from '../../src/core/json.ts';
import { parseObject } from '../../src/core/json.ts';
import { NdjsonSplitter } from '../../src/dialects/framing/ndjson.ts';
import { SseSplitter } from '../../src/dialects/index.ts';
import type { Exchange } from './exchange.ts';

type Framing = Exchange['framing'];

export type Cutting = 'whole' | 'frames' | 'bytes' | 'odd' | 'in breaks';

export const CUTTINGS: readonly Cutting[] = ['whole', 'frames', 'bytes', 'odd', 'in breaks'];

/** Where each way cuts. Bytes inside line breaks, UTF-8 sequences and preludes are cut by `bytes` and `in breaks`. */
export function cut(bytes: Buffer, way: Cutting, framing: Framing): Buffer[] {
  const eventStream = framing === 'eventstream';
  switch (way) {
    case 'whole':
      return [bytes];
    case 'frames':
      return eventStream
        ? messages(bytes)
        : cutAt(bytes, (at) => bytes[at - 1] === 10 && (framing === 'ndjson' || bytes[at - 2] === 10));
    case 'bytes':
      return cutAt(bytes, () => true);
    case 'odd':
      return cutAt(bytes, (at) => at % 7 === 3 || at % 61 === 0);
    case 'in breaks':
      return cutAt(bytes, (at) =>
        eventStream ? at % 5 === 2 : bytes[at] === 10 || bytes[at - 1] === 13 || (bytes[at] ?? 0) >= 0x80,
      );
  }
}

function cutAt(bytes: Buffer, here: (at: number) => boolean): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (let at = 1; at < bytes.length; at++) {
    if (!here(at)) continue;
    chunks.push(bytes.subarray(from, at));
    from = at;
  }
  chunks.push(bytes.subarray(from));
  return chunks;
}

function messages(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += bytes.readUInt32BE(at)) {
    found.push(bytes.subarray(at, at + bytes.readUInt32BE(at)));
  }
  return found;
}

/** The events of chunks. */
export function eventsOf(chunks: readonly Buffer[], framing: Framing): JsonObject[] {
  if (framing === 'eventstream') return awsEvents(chunks);
  return framing === 'ndjson' ? lines(chunks) : sseEvents(chunks);
}

function lines(chunks: readonly Buffer[]): JsonObject[] {
  const splitter = new NdjsonSplitter(64_000_000);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

function sseEvents(chunks: readonly Buffer[]): JsonObject[] {
  const splitter = new SseSplitter(64_000_000);
  const frames = chunks.flatMap((chunk) => splitter.push(chunk));
  const last = splitter.end();
  if (last !== undefined) frames.push(last);
  return frames
    .map(({ data }) => (data === undefined ? undefined : parseObject(data)))
    .filter((event) => event !== undefined);
}

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

function awsEvents(chunks: readonly Buffer[]): JsonObject[] {
  let held = Buffer.alloc(0);
  const events: JsonObject[] = [];
  for (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= held.readUInt32BE(0)) {
      const length = held.readUInt32BE(0);
      const { headers, body } = codec.decode(held.subarray(0, length));
      const type = String((headers[':event-type'] ?? headers[':exception-type'])?.value);
      const payload = parseObject(Buffer.from(body).toString('utf8')) ?? {};
      // InvokeModel wraps the model's own event once more
      const own =
        type === 'chunk' ? Buffer.from(String(payload.bytes), 'base64').toString('utf8') : undefined;
      events.push(own === undefined ? { [type]: payload } : (parseObject(own) ?? {}));
      held = held.subarray(length);
    }
  }
  return events;
}
