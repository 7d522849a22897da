/** One line per request: who, what, how it ended, how long it took. */
import t from 'tap';
import { startGateway, type TestGateway } from '../support/gateway.ts';

type Line = Record<string, unknown>;

async function linesOf(gateway: TestGateway): Promise<Line[]> {
  await gateway.stop();
  return gateway
    .logged()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.msg === 'request');
}

function ask(gateway: TestGateway, model: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
}

t.test('every request leaves one line that ties answer, trace, audit and cost together', async (t) => {
  const gateway = await startGateway(t);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await ask(gateway, 'sim-fast', {
    'x-request-id': 'mine-1',
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  });
  await answer.text();
  await ask(gateway, 'nobody-serves-this');
  await ask(gateway, 'sim-fast', { authorization: 'Bearer slk_wrong' });
  const [done, refused, stranger, ...more] = await linesOf(gateway);
  t.same(more, []);
  t.match(done, {
    requestId: 'mine-1',
    traceId,
    operation: 'chat',
    actor: /^key\//,
    status: 200,
    outcome: 'done',
    provider: 'simulated',
    model: 'sim-fast',
    attempts: 1,
    inputTokens: Number,
    outputTokens: Number,
    durationMs: Number,
    overheadMs: Number,
    firstByteMs: Number,
  });
  t.notOk(done && 'fault' in done);
  t.match(refused, { status: 404, outcome: 'refused', fault: 'model_not_found', attempts: 0 });
  t.match(stranger, { status: 401, outcome: 'refused', fault: 'invalid_api_key' });
  t.notOk(stranger && ('org' in stranger || 'actor' in stranger));
});

t.test('without telemetry.access_log there is none', async (t) => {
  const gateway = await startGateway(t, { telemetry: { access_log: false } });
  await (await ask(gateway, 'sim-fast')).text();
  t.same(await linesOf(gateway), []);
});
