/** Providers that compress although identity was asked for: nobody behind the gateway notices. */
import {
  brotliCompressSync,
  createGzip,
  deflateSync,
  gzipSync,
  constants as zlib,
  zstdCompressSync,
} from 'node:zlib';
import t from 'tap';
import { Fault } from '../../src/core/fault.ts';
import { drain, testExchange } from '../support/exchange.ts';
import { chat, streamed, streamOf } from '../upstream/answers.ts';
import { compatible, testGateway } from '../upstream/gateway.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

const STREAM = streamOf(chat, 'grüß ', '水', ' and so on').join('');
const ASKS_STREAM = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hello' }] };
const CODINGS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const gateway = testGateway(t, { p: compatible(upstream.url) });

async function ask(stream: boolean) {
  const x = testExchange(stream ? { body: ASKS_STREAM } : {});
  const fault = await gateway.call(x);
  if (fault !== undefined || x.answer === null) throw fault ?? new Error('no answer');
  return { ...(await drain(x.answer.source)), answer: x.answer };
}

const packedStream = (encoding: string, bytes: Uint8Array, more: UpstreamReply = {}): UpstreamReply => ({
  ...streamed(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))),
  ...more,
  headers: { 'content-type': 'text/event-stream', 'content-encoding': encoding },
});

for (const [encoding, pack] of Object.entries(CODINGS)) {
  t.test(`${encoding}: streams and whole answers arrive as if they had not been compressed`, async (t) => {
    reply = packedStream(encoding, pack(STREAM));
    const { text, fault, answer } = await ask(true);
    t.same({ text, fault }, { text: STREAM, fault: undefined }, 'a byte at a time');
    t.notOk('content-encoding' in answer.headers);
    const body = pack(chat.whole);
    const headers = { 'content-encoding': encoding, 'content-length': String(body.length) };
    reply = { headers, chunks: [body] };
    t.equal((await ask(false)).text, chat.whole);
  });

  t.test(`${encoding}: an answer that ends inside is broken, not short`, async (t) => {
    const body = pack(chat.whole);
    reply = { headers: { 'content-encoding': encoding }, chunks: [body.subarray(0, -3)] };
    await t.rejects(
      async () => {
        const { fault } = await ask(false);
        throw fault;
      },
      { code: 'provider_stream_broken' },
    );
  });
}

t.test('each event is there as soon as the provider has sent it', async (t) => {
  const gzip = createGzip();
  const flushed = (text: string) =>
    new Promise<Buffer>((resolve) => {
      gzip.write(text);
      gzip.flush(zlib.Z_SYNC_FLUSH, () => resolve(gzip.read() as Buffer));
    });
  const events = streamOf(chat, 'one', 'two');
  const chunks: Buffer[] = [];
  for (const event of events) chunks.push(await flushed(event));
  // the provider never ends, so that what is heard is heard before the end
  reply = { ...packedStream('gzip', Buffer.alloc(0)), chunks, ending: 'hang' };
  const x = testExchange({ body: ASKS_STREAM });
  t.equal(await gateway.call(x), undefined);
  const all = await new Promise<string>((resolve) => {
    let text = '';
    x.answer?.source.pipe({
      data(chunk) {
        text += Buffer.from(chunk).toString('utf8');
        if (text.length >= events.join('').length) resolve(text);
        return true;
      },
      end: () => t.fail('it does not end'),
      fail: (fault) => t.fail(fault.message),
    });
  });
  t.equal(all, events.join(''));
  gateway.settle(x, 'done');
});

t.test('a refusal is read, and so is its reason', async (t) => {
  const said = JSON.stringify({
    error: { message: 'temperature is too hot', type: 'invalid_request_error' },
  });
  reply = { status: 422, headers: { 'content-encoding': 'gzip' }, chunks: [gzipSync(said)] };
  const fault = await gateway.call(testExchange());
  t.match(fault, { code: 'provider_rejected', message: 'temperature is too hot' });
});

t.test('a slow reader holds the provider up, and memory does not grow', async (t) => {
  const noise = Array.from({ length: 4000 }, (_, at) => chat.delta(`${at * 7919}`.repeat(20))).join('');
  const packed = gzipSync(noise, { level: 1 });
  const endless = function* (): Generator<Buffer> {
    for (;;) yield packed;
  };
  reply = { ...packedStream('gzip', Buffer.alloc(0)), chunks: endless() };
  const x = testExchange({ body: ASKS_STREAM });
  const before = upstream.written;
  t.equal(await gateway.call(x), undefined);
  let taken = 0;
  x.answer?.source.pipe({
    data(chunk) {
      taken += chunk.length;
      return false;
    },
    end: () => t.fail('it does not end'),
    fail: (fault) => t.fail(fault.message),
  });
  let seen = -1;
  while (upstream.written !== seen) {
    seen = upstream.written;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  t.ok(taken <= 256 * 1024, `${taken} bytes taken`);
  t.ok(seen - before < 32 * 1024 * 1024, `${seen - before} bytes written`);
  const stopped = taken;
  while (taken === stopped) {
    x.answer?.source.resume();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const aborted = upstream.whenAborted(upstream.aborted + 1);
  x.answer?.source.cancel(new Fault('client_closed_request', 'gone'));
  await aborted;
});
