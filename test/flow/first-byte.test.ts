/** The first byte is early, and a slow reader slows the provider down instead of filling the gateway (kong#12680). */
import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { post, readUntil, request } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything, streamed, WIRES } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const settings = { providers: { p: everything(upstream.url, { stream_options: false }) } };
const gateway = await startGateway(t, settings);
const watched = await startGateway(t, settings, {
  policies: `
version: 1
policies:
  - id: redacting
    pii: { request: { email: pseudonymise }, answer: { email: mask } }
`,
});

t.test('the first event arrives while the provider holds the rest', async (t) => {
  for (const wire of WIRES) {
    reply = streamed([...wire.open, wire.delta('first')], { ending: 'hang' });
    const leave = new AbortController();
    const response = await post(gateway, wire.path, wire.ask('m', true), { signal: leave.signal });
    t.equal(response.headers.get('x-accel-buffering'), 'no', 'a proxy in between is asked not to collect');
    const reader = response.body?.getReader();
    if (reader) t.match(await readUntil(reader, 'first'), 'first', wire.id);
    leave.abort();
  }
  await upstream.whenAborted(WIRES.length);
});

t.test('redaction holds back a window, never the whole answer', async (t) => {
  const text = 'twenty words or so that hold no address at all, and then some more of them. '.repeat(8);
  for (const wire of WIRES) {
    const before = upstream.aborted;
    reply = streamed([...wire.open, ...text.split(/(?<= )/).map(wire.delta)], { ending: 'hang' });
    const leave = new AbortController();
    const response = await post(watched, wire.path, wire.ask('m', true), { signal: leave.signal });
    const reader = response.body?.getReader();
    if (reader) t.match(await readUntil(reader, 'twenty'), 'twenty', wire.id);
    leave.abort();
    await upstream.whenAborted(before + 1);
  }
});

const MEGABYTE = 1 << 20;
/** What kernel and undici hold of one connection at most, generously. */
const IN_BETWEEN = 24 * MEGABYTE;

t.test('a client that does not read stops the provider, and goes on when it does', async (t) => {
  const frame = chat.delta('x'.repeat(64 * 1024));
  reply = streamed({ [Symbol.iterator]: () => endless(chat.open.join(''), frame) });
  for (const { origin, key } of [gateway, watched]) {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const body = JSON.stringify(chat.ask('m', true));
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
    };
    const [writtenBefore, abortedBefore] = [upstream.written, upstream.aborted];
    const memoryBefore = process.memoryUsage().rss;
    socket.pause();
    socket.write(request('POST', chat.path, headers, body));
    let seen = -1;
    await until(async () => {
      const still = upstream.written === seen && seen > writtenBefore;
      seen = upstream.written;
      await new Promise((resolve) => setTimeout(resolve, 250));
      return still;
    }, 30_000);
    t.ok(
      seen - writtenBefore < IN_BETWEEN,
      `the provider wrote ${(seen - writtenBefore) / MEGABYTE} MB and waits`,
    );
    t.comment(
      `memory of test, provider and gateway together: +${Math.round((process.memoryUsage().rss - memoryBefore) / MEGABYTE)} MB`,
    );
    socket.on('data', () => undefined).resume();
    await until(() => upstream.written > seen + 2 * IN_BETWEEN, 30_000);
    socket.destroy();
    await upstream.whenAborted(abortedBefore + 1);
  }
});

function* endless(first: string, frame: string): Generator<string> {
  yield first;
  for (;;) yield frame;
}
