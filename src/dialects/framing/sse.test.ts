import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../core/fault.ts';
import { type SseFrame, SseSplitter } from './sse.ts';

const LIMIT = 1_000_000;

interface Seen {
  readonly raw: string;
  readonly data: string | undefined;
  readonly event: string | undefined;
}

function seen(frame: SseFrame): Seen {
  return { raw: Buffer.from(frame.raw).toString('hex'), data: frame.data, event: frame.event };
}

function split(chunks: readonly Uint8Array[]): Seen[] {
  const splitter = new SseSplitter(LIMIT);
  const frames = chunks.flatMap((chunk) => splitter.push(chunk));
  const last = splitter.end();
  return (last === undefined ? frames : [...frames, last]).map(seen);
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  chunks.push(bytes.subarray(at));
  return chunks;
}

const line = fc.oneof(
  fc.constantFrom(
    '',
    ':',
    ': ping',
    'data',
    'data:',
    'data:x',
    'data: x',
    'data:  x',
    'event: done',
    'id: 7',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n')), { maxLength: 30 })
  .map((lines) => Buffer.from(lines.map(([text, end]) => text + end).join('')));

t.test('any chunking of the same bytes gives the same frames, and no byte is lost', async () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat({ max: 40 }), { maxLength: 40 }), (bytes, sizes) => {
      const whole = split([bytes]);
      assert.deepEqual(split(cut(bytes, sizes)), whole);
      assert.deepEqual(split(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
      assert.equal(whole.map((frame) => frame.raw).join(''), bytes.toString('hex'));
    }),
    { numRuns: 200 },
  );
});

/** The rules of https://html.spec.whatwg.org/multipage/server-sent-events.html, on text, as slowly as they read. */
function dispatched(text: string): { event: string | undefined; data: string }[] {
  const events: { event: string | undefined; data: string }[] = [];
  let data: string[] = [];
  let event: string | undefined;
  for (const current of [...text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/), '']) {
    if (current === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') });
      data = [];
      event = undefined;
    } else {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(current) ?? [];
      if (field === 'data') data.push(value);
      if (field === 'event') event = value;
    }
  }
  return events;
}

t.test('frames say what the specification says', async () => {
  fc.assert(
    fc.property(stream, (bytes) => {
      const ours = split([bytes]).flatMap(({ event, data }) => (data === undefined ? [] : [{ event, data }]));
      assert.deepEqual(ours, dispatched(bytes.toString()));
    }),
    { numRuns: 300 },
  );
});

t.test('the shapes that providers send', async (t) => {
  const table: [string, string, (string | undefined)[]][] = [
    ['one event', 'data: {"a":1}\n\n', ['{"a":1}']],
    ['CRLF (Gemini, Perplexity)', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR only', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['no space after the colon', 'data:a\n\n', ['a']],
    ['several data lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['a comment before an event (OpenRouter)', ': OPENROUTER PROCESSING\n\ndata: a\n\n', [undefined, 'a']],
    ['a comment inside an event', ': ping\ndata: a\n\n', ['a']],
    ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['no blank line at the end', 'data: a\n\ndata: b', ['a', 'b']],
    ['an emoji', 'data: 😀\n\n', ['😀']],
  ];
  for (const [name, text, expected] of table) {
    t.same(
      split([Buffer.from(text)]).map((frame) => frame.data),
      expected,
      name,
    );
  }
  t.equal(split([Buffer.from('event: ping\ndata: {}\n\n')])[0]?.event, 'ping');
});

t.test('an event without end is cut off at the limit, however it is chunked', async (t) => {
  for (const size of [1, 7, 100]) {
    const splitter = new SseSplitter(64);
    t.throws(
      () => {
        for (let sent = 0; sent < 100; sent += size) splitter.push(Buffer.alloc(size, 'x'));
      },
      { code: 'provider_error' },
    );
  }
  t.throws(() => new SseSplitter(64).push(Buffer.from(`data: ${'x'.repeat(64)}\n\n`)), Fault);
  t.equal(
    new SseSplitter(64).push(Buffer.from('data: 1\n\n'.repeat(20))).length,
    20,
    'many small ones are fine',
  );
});

t.test('a chunk passes only when it is whole frames without interest', async (t) => {
  const interesting = (text: string): boolean => text.includes('end');
  const passes = (text: string): boolean => new SseSplitter(LIMIT).passes(Buffer.from(text), interesting);
  t.equal(passes('data: a\n\ndata: b\n\n'), true);
  t.equal(passes('data: a\r\n\r\n'), true);
  t.equal(passes('data: a\n\ndata: end\n\n'), false);
  t.equal(passes('data: a\n\ndata: b\n'), false);
  t.equal(passes('data: a\n\ndata: b\r\n'), false);
  t.equal(passes(''), false);
  const open = new SseSplitter(LIMIT);
  open.push(Buffer.from('data: a'));
  t.equal(open.passes(Buffer.from('b\n\n'), interesting), false, 'a frame is open');
});
