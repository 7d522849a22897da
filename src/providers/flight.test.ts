import fc from 'fast-check';
import t from 'tap';
import { testAttempt } from '../../test/support/exchange.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { NO_USAGE } from '../core/usage.ts';
import type { ByteSource } from '../gateway/stage.ts';
import { Deadlines } from './deadlines.ts';
import { Flight } from './flight.ts';
import type { Provider, Receiver, UpstreamRequest } from './provider.ts';

const STREAM = `: hi\n\n${Array.from({ length: 30 }, (_, n) => `data: {"n":${n},"text":"grüß 水"}\r\n\r\n`).join('')}`;
const broken = new Fault('provider_stream_broken', 'broken');

/** Sends the pieces as fast as it may, then ends or fails. */
function fakeProvider(pieces: readonly Uint8Array[], failure: Fault | undefined): Provider {
  const timeouts = { connect: 1000, first_byte: 1000, idle: 1000, total: 10_000 };
  const common = { name: 'p', kind: 'fake', region: undefined, patterns: [], knownModels: [], timeouts };
  return {
    ...common,
    operations: new Set(),
    usageOnRequest: false,
    diagnose: () => undefined,
    close: () => Promise.resolve(),
    send(_request: UpstreamRequest, receiver: Receiver) {
      let next = 0;
      let over = false;
      const go = (): void => {
        while (!over && next < pieces.length) {
          const piece = pieces[next++];
          if (piece && !receiver.data(piece)) return;
        }
        if (over) return;
        over = true;
        if (failure) receiver.fail(failure);
        else receiver.end();
      };
      queueMicrotask(() => {
        receiver.head({ status: 200, headers: {} });
        go();
      });
      return { sent: true, resume: () => queueMicrotask(go), cancel: () => (over = true) };
    },
  };
}

function flightOf(provider: Provider, clock: Clock, deadlines = new Deadlines(clock)) {
  const attempt = testAttempt(NO_USAGE, { status: undefined, outcome: 'running' });
  const request: UpstreamRequest = {
    operation: 'chat',
    orgId: 'o',
    model: 'm',
    stream: true,
    body: {},
    bytes: () => new Uint8Array(),
    clientHeaders: {},
    ownHeaders: {},
    stored: undefined,
  };
  return { flight: new Flight(attempt, provider, request, deadlines, clock), attempt, request, deadlines };
}

/** Takes what comes, refusing more as `pauses` says; what it heard last. */
function read(source: ByteSource, pauses: readonly boolean[]): Promise<{ bytes: Buffer; heard: string[] }> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    const heard: string[] = [];
    const over = (what: string): void => {
      heard.push(what);
      setImmediate(() => resolve({ bytes: Buffer.concat(chunks), heard }));
    };
    source.pipe({
      data: (chunk) => {
        if (heard.length > 0) heard.push('data after the end');
        const pause = pauses[chunks.length % Math.max(1, pauses.length)] ?? false;
        chunks.push(chunk);
        if (pause) setImmediate(() => source.resume());
        return !pause;
      },
      end: () => over('end'),
      fail: (fault) => over(fault.code),
    });
  });
}

t.test('whatever the chunks and the pauses: every byte once, in order, then exactly one end', async (t) => {
  const bytes = Buffer.from(STREAM);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.boolean(), { maxLength: 6 }),
      fc.boolean(),
      async (lengths, pauses, fails) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const length = lengths[n % lengths.length] ?? 1;
          pieces.push(bytes.subarray(at, at + length));
          at += length;
        }
        const provider = fakeProvider(pieces, fails ? broken : undefined);
        const { flight, request, deadlines } = flightOf(provider, systemClock);
        const head = await flight.launch(provider, request);
        const got = await read(flight, pauses);
        const expected = fails ? broken.code : 'end';
        return (
          head.status === 200 &&
          flight.firstEvent === '{"n":0,"text":"grüß 水"}' &&
          got.bytes.equals(bytes) &&
          got.heard.join() === expected &&
          deadlines.size === 0
        );
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('the idle time-out stands still while the client does not read', async (t) => {
  let nowMs = 0;
  const clock: Clock = { now: () => nowMs, elapsed: () => nowMs };
  const pieces = ['data: 1\n\n', 'data: 2\n\n'].map((text) => Buffer.from(text));
  const finite = fakeProvider(pieces, undefined);
  const endless: Provider = {
    ...finite,
    send: (request, receiver) => finite.send(request, withoutEnd(receiver)),
  };
  const { flight, request, deadlines } = flightOf(endless, clock);
  await flight.launch(endless, request);
  let failed: Fault | undefined;
  flight.pipe({
    data: () => false,
    end: () => t.fail('ended'),
    fail: (fault) => {
      failed = fault;
    },
  });
  nowMs = 5000;
  flight.check(nowMs);
  t.equal(flight.landing, 'flying', 'it is the client that is slow');
  flight.resume();
  flight.resume();
  nowMs = 5999;
  flight.check(nowMs);
  t.equal(flight.landing, 'flying');
  nowMs = 6000;
  flight.check(nowMs);
  t.match(failed, { code: 'provider_timeout', message: /idle time-out of 1000 ms/ });
  t.equal(deadlines.size, 0);
});

function withoutEnd(receiver: Receiver): Receiver {
  return {
    head: (head) => receiver.head(head),
    data: (chunk) => receiver.data(chunk),
    end: () => undefined,
    fail: (fault) => receiver.fail(fault),
  };
}
