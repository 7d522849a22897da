import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';
import t from 'tap';
import { type AwsEvent, AwsEventSplitter } from './aws-event-stream.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

function message(headers: Readonly<Record<string, string>>, payload: unknown): Buffer {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  return Buffer.from(
    codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(JSON.stringify(payload)) }),
  );
}

const MESSAGES: AwsEvent[] = [
  { type: 'messageStart', refused: false, payload: { role: 'assistant' } },
  { type: 'contentBlockDelta', refused: false, payload: { delta: { text: 'grüß 水' }, p: 'abc' } },
  { type: 'throttlingException', refused: true, payload: { message: 'too many' } },
];
const STREAM = Buffer.concat(
  MESSAGES.map(({ type, refused, payload }) =>
    message(
      refused
        ? { ':message-type': 'exception', ':exception-type': type }
        : { ':message-type': 'event', ':event-type': type },
      payload,
    ),
  ),
);

t.test('whatever the chunks, the messages are the same', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 9 }), (lengths) => {
      const splitter = new AwsEventSplitter(10_000);
      const events: AwsEvent[] = [];
      for (let at = 0, n = 0; at < STREAM.length; n++) {
        const length = lengths[n % lengths.length] ?? 1;
        // a buffer of its own each time, as the network gives them
        events.push(...splitter.push(Buffer.from(STREAM.subarray(at, at + length))));
        at += length;
      }
      t.strictSame(events, MESSAGES);
      return splitter.rest === 0;
    }),
  );
});

t.test('a cut message is not one', async (t) => {
  const splitter = new AwsEventSplitter(10_000);
  t.equal(splitter.push(STREAM.subarray(0, STREAM.length - 1)).length, 2);
  t.ok(splitter.rest > 0);
});

t.test('a damaged stream is a fault: wrong checksum, absurd length', async (t) => {
  const wrong = Buffer.from(STREAM);
  wrong[60] = (wrong[60] ?? 0) ^ 1;
  const fault = { code: 'provider_error' };
  t.throws(() => new AwsEventSplitter(10_000).push(wrong), fault);
  t.throws(() => new AwsEventSplitter(100).push(Buffer.from(STREAM)), fault);
  t.throws(() => new AwsEventSplitter(10_000).push(Buffer.alloc(20)), fault);
});
