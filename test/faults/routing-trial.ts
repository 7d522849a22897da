/** One of three targets in trouble, on real sockets: what callers notice, and what it costs. */
import { createServer } from 'node:net';
import type { Test } from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';
import { chat, everything } from '../upstream/answers.ts';
import { startUpstream, type UpstreamReply } from '../upstream/upstream.ts';

/** How long a target that is well takes to answer. */
const WELL_MS = 20;
const OK: UpstreamReply = { chunks: [chat.whole], latencyMs: WELL_MS };
const CONCURRENT = 8;

/** The trouble of the first target, by the name of the model that meets it. */
const TROUBLES: Readonly<Record<string, (call: number) => UpstreamReply>> = {
  well: () => OK,
  slow: () => ({ ...OK, latencyMs: 2_000 }),
  hanging: () => ({ ending: 'silent' }),
  flapping: (call) => (Math.floor(call / 10) % 2 === 0 ? { status: 503, chunks: ['{}'] } : OK),
  limited: () => ({ status: 429, headers: { 'retry-after': '30' }, chunks: ['{}'] }),
  garbage: () => ({ headers: { 'content-type': 'text/html' }, chunks: ['<html>hello</html>'] }),
  resetting: () => ({ ending: 'reset' }),
};

export interface Trial {
  readonly name: string;
  readonly requests: number;
  readonly answered: number;
  /** Milliseconds that callers waited. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Calls that the target in trouble was sent. */
  readonly troubled: number;
  /** Share of the cost that went to calls which answered nobody, in [0, 1]. */
  readonly wasted: number;
}

/** Every trouble, each met by so many requests. */
export async function trials(t: Test, requests: number): Promise<Trial[]> {
  const names = [...Object.keys(TROUBLES), 'dead', 'hedged'];
  const gateway = await gatewayInTrouble(t);
  // the first requests of a process are slow for reasons of their own
  for (let turn = 0; turn < 24; turn++)
    await readAll(await post(gateway, chat.path, chat.ask('second/m', false)));
  const found: Trial[] = [];
  for (const name of names) found.push(await trial(gateway, name, requests));
  return found;
}

async function gatewayInTrouble(t: Test): Promise<TestGateway> {
  const well = await startUpstream(t, () => OK);
  const providers: Record<string, object> = { second: everything(well.url), third: everything(well.url) };
  const models: Record<string, object> = {};
  const add = (name: string, url: string, more: object = {}): void => {
    providers[`p-${name}`] = everything(url, { models: [name] });
    const others = ['second', 'third'].map((provider) => ({ provider, model: 'm' }));
    models[name] = { targets: [{ provider: `p-${name}`, model: 'm' }, ...others], ...more };
  };
  for (const [name, reply] of Object.entries(TROUBLES)) {
    add(name, (await startUpstream(t, (_request, call) => reply(call))).url, { first_byte_ms: 150 });
  }
  const slow = await startUpstream(t, [{ ...OK, latencyMs: 2_000 }]);
  add('hedged', slow.url, { hedge_after_ms: 60, first_byte_ms: 150 });
  add('dead', `http://127.0.0.1:${await closedPort()}`);
  return startGateway(t, {
    providers,
    models,
    routing: { circuit: { open_ms: 1_000 }, hedge_percent: 10 },
    retries: { backoff_base_ms: 20 },
    prices: { overrides: [{ model: '*', input: '1', output: '1' }] },
  });
}

async function trial(gateway: TestGateway, name: string, requests: number): Promise<Trial> {
  const waits: number[] = [];
  let answered = 0;
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < requests) {
      sent++;
      const startedMs = performance.now();
      const response = await post(gateway, chat.path, chat.ask(name, false));
      await readAll(response);
      waits.push(performance.now() - startedMs);
      if (response.status === 200) answered++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, client));
  waits.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(waits[Math.floor(share * (waits.length - 1))] ?? 0);
  const billed = await billOf(gateway, name, requests);
  return { name, requests, answered, p50Ms: at(0.5), p99Ms: at(0.99), ...billed };
}

async function billOf(
  gateway: TestGateway,
  name: string,
  requests: number,
): Promise<Pick<Trial, 'troubled' | 'wasted'>> {
  let row: Record<string, unknown> = {};
  await until(async () => {
    [row = {}] = await gateway.query(
      `SELECT count(DISTINCT request_id) AS requests, count(*) FILTER (WHERE provider = $2) AS troubled,
         sum(cost_pico_usd) AS cost, coalesce(sum(cost_pico_usd) FILTER (WHERE outcome <> 'answered'), 0) AS wasted
       FROM usage_events WHERE requested_model = $1`,
      [name, `p-${name}`],
    );
    return Number(row.requests) >= requests;
  });
  return { troubled: Number(row.troubled), wasted: Number(row.wasted) / Number(row.cost) };
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export function markdown(found: readonly Trial[]): string {
  const rows = found.map(
    ({ name, requests, answered, p50Ms, p99Ms, troubled, wasted }) =>
      `| ${name} | ${((100 * answered) / requests).toFixed(1)} % | ${p50Ms} ms | ${p99Ms} ms | ${troubled} | ${(100 * wasted).toFixed(1)} % |`,
  );
  return [
    '| First target | Answered | p50 | p99 | Calls to it | Cost wasted |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
