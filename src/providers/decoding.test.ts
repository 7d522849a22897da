import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { Fault } from '../core/fault.ts';
import { Decoding, decodes } from './decoding.ts';

const TEXT = 'data: {"choices":[{"delta":{"content":"grüß 水"}}]}\r\n\r\n'.repeat(3);
const PACKED: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(TEXT),
  'x-gzip': Buffer.concat([gzipSync(TEXT.slice(0, 70)), gzipSync(TEXT.slice(70))]),
  deflate: deflateSync(TEXT),
  Deflate: deflateRawSync(TEXT),
  br: brotliCompressSync(TEXT),
  zstd: zstdCompressSync(TEXT),
};

interface Heard {
  readonly text: string;
  readonly fault: Fault | undefined;
}

/** Gives these bytes in pieces; the receiver takes `most` chunks at a time, and goes on when it is asked to. */
function unpacked(
  encoding: string,
  pieces: readonly Uint8Array[],
  { most = Number.POSITIVE_INFINITY, fault }: { most?: number; fault?: Fault } = {},
): Promise<Heard> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    const over = (fault?: Fault) => resolve({ text: Buffer.concat(chunks).toString('utf8'), fault });
    const receiver = {
      data(chunk: Uint8Array) {
        chunks.push(chunk);
        if (chunks.length % most !== 0) return true;
        setImmediate(() => decoding.resume());
        return false;
      },
      end: over,
      fail: over,
    };
    const waiting = [...pieces];
    const flow = () => {
      while (waiting.length > 0) if (!decoding.data(waiting.shift() as Uint8Array)) return;
      if (fault === undefined) decoding.end();
      else decoding.fail(fault);
    };
    const decoding = new Decoding('p', encoding, receiver, { pause: () => undefined, resume: flow });
    flow();
  });
}

const bytewise = (bytes: Buffer) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));

const inKilobytes = (bytes: Buffer) =>
  Array.from({ length: Math.ceil(bytes.length / 1024) }, (_, at) =>
    bytes.subarray(at * 1024, (at + 1) * 1024),
  );

for (const [encoding, packed] of Object.entries(PACKED)) {
  t.test(`${encoding}: any cut gives the same text, and what ends early is no answer`, async (t) => {
    t.ok(decodes(encoding));
    t.same(await unpacked(encoding, bytewise(packed)), { text: TEXT, fault: undefined });
    t.same(await unpacked(encoding, bytewise(packed), { most: 1 }), { text: TEXT, fault: undefined });
    for (let at = 1; at < packed.length; at++) {
      const two = await unpacked(encoding, [packed.subarray(0, at), packed.subarray(at)]);
      if (two.text !== TEXT || two.fault) t.fail(`cut at ${at}`);
      // two members of gzip: after the first of them nobody can know that more was to come
      if (encoding === 'x-gzip') continue;
      const { text, fault } = await unpacked(encoding, [packed.subarray(0, at)]);
      if (fault?.code !== 'provider_stream_broken' || !TEXT.startsWith(text.replace(/\ufffd+$/, ''))) {
        t.fail(`ended at ${at}: ${fault?.message}`);
      }
    }
  });
}

t.test('what was received before a failure is heard before it, and by a slow receiver too', async (t) => {
  const broken = new Fault('provider_stream_broken', 'closed');
  for (const most of [1, Number.POSITIVE_INFINITY]) {
    const heard = await unpacked('zstd', [PACKED.zstd as Buffer], { most, fault: broken });
    t.same(heard, { text: TEXT, fault: broken });
  }
});

t.test('an answer of no bytes is one, compressed or not', async (t) => {
  t.same(await unpacked('gzip', []), { text: '', fault: undefined });
});

t.test('what is not in its coding, and what is none, are told apart from a broken connection', async (t) => {
  const { fault } = await unpacked('gzip', [Buffer.from('{"not":"packed"}'), Buffer.from('more')]);
  t.match(fault, { code: 'provider_error', message: /not in gzip/ });
  for (const encoding of ['compress', 'gzip, br', 'toString']) t.notOk(decodes(encoding));
});

t.test('a bomb is refused long before it has gone off', async (t) => {
  const bytes = Buffer.alloc(64 * 1024 * 1024, ' ');
  for (const packed of [gzipSync(bytes, { level: 9 }), zstdCompressSync(bytes)]) {
    const encoding = packed[0] === 0x1f ? 'gzip' : 'zstd';
    const { text, fault } = await unpacked(encoding, inKilobytes(packed));
    t.match(fault, { code: 'provider_error', message: /grows more than 200 times/ });
    t.ok(text.length < 8 * 1024 * 1024, `${encoding}: ${text.length} bytes were let through`);
  }
});
