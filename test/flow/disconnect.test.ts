/** The client leaves: the provider is told at once, what was used is billed, and the record says so (litellm#14457). */
import t from 'tap';
import { awakeMs } from '../support/awake.ts';
import { post, readUntil } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { everything, streamed, streamOf, WIRES } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

let reply: UpstreamReply = {};
const upstream = await startUpstream(t, () => reply);
const settings = {
  providers: { p: everything(upstream.url, { stream_options: false }) },
  prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
};
const gateway = await startGateway(t, settings);
const draining = await startGateway(t, settings, {
  policies: 'version: 1\npolicies:\n  - id: to-the-end\n    on_disconnect: drain\n',
});

const AT_ONCE_MS = 100;

t.test('whoever leaves a stream, an answer or the wait for either cancels the call', async (t) => {
  const took: number[] = [];
  const seen: { id: string; written: boolean }[] = [];
  for (const wire of WIRES) {
    const moments: [string, boolean, UpstreamReply, string | undefined][] = [
      ['before the first byte', true, { ending: 'silent' }, undefined],
      [
        'mid-stream',
        true,
        streamed([...wire.open, wire.delta('some words that were said')], { ending: 'hang' }),
        'some words',
      ],
      ['before a whole answer', false, { ending: 'silent' }, undefined],
      ['in a whole answer', false, { chunks: [wire.whole.slice(0, 30)], ending: 'hang' }, undefined],
    ];
    for (const [moment, stream, scripted, until1] of moments) {
      reply = scripted;
      const id = `${wire.id}:${moment.replaceAll(' ', '-')}`;
      const { aborted } = upstream;
      const { length } = upstream.requests;
      const leave = new AbortController();
      const answer = post(gateway, wire.path, wire.ask('m', stream), {
        signal: leave.signal,
        headers: { 'x-request-id': id },
      });
      answer.catch(() => undefined);
      if (until1 === undefined) await until(() => upstream.requests.length > length);
      else {
        const reader = (await answer).body?.getReader();
        if (reader) await readUntil(reader, until1);
      }
      // Let what is on its way arrive: leaving before the head is known is another case than after it.
      await new Promise((resolve) => setTimeout(resolve, 20));
      took.push(
        await awakeMs(async () => {
          leave.abort();
          await upstream.whenAborted(aborted + 1);
        }),
      );
      seen.push({ id, written: moment === 'mid-stream' });
    }
  }
  t.ok(Math.max(...took) <= AT_ONCE_MS, `the provider is told at once: after ${took.join(', ')} ms`);
  for (const { id, written } of seen) {
    t.match(
      await gateway.auditOf(id),
      [{ outcome: 'abandoned', fault: 'client_closed_request', status: 499 }],
      id,
    );
    const lines = await gateway.usageOf(id);
    t.match(lines, [{ outcome: 'cancelled', reason: 'client_closed_request' }], id);
    t.ok(Number(lines[0]?.cost_pico_usd) > 0, `${id}: what was read is billed`);
    if (written) t.ok(Number(lines[0]?.output_tokens) > 0, `${id}: what was said is billed`);
  }
  await until(() => upstream.open === 0);
});

t.test('where policy wants it, the provider is read to its end and billed as it reports', async (t) => {
  for (const wire of WIRES) {
    for (const stream of [true, false]) {
      reply = stream
        ? streamed(streamOf(wire, 'a', 'b', 'c', 'd'), { pauseMs: 20 })
        : { latencyMs: 60, chunks: [wire.whole] };
      const id = `drain:${wire.id}:${stream}`;
      const { length } = upstream.requests;
      const leave = new AbortController();
      const answer = post(draining, wire.path, wire.ask('m', stream), {
        signal: leave.signal,
        headers: { 'x-request-id': id },
      });
      answer.catch(() => undefined);
      await until(() => upstream.requests.length > length);
      leave.abort();
      t.match(await draining.auditOf(id), [{ outcome: 'abandoned', fault: 'client_closed_request' }], id);
      t.match(
        await draining.usageOf(id),
        [{ outcome: 'answered', usage_source: 'reported', input_tokens: 7, output_tokens: 5 }],
        id,
      );
    }
  }
});
