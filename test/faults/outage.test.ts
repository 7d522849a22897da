/** The database or Redis goes away under load: traffic flows on, nothing is lost and nothing is written twice. */
import t, { type Test } from 'tap';
import { post, readAll } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { freePort } from '../support/ports.ts';
import { ownRedis, skipWithoutRedisServer } from '../support/redis.ts';
import { openTunnel, type Tunnel } from '../support/tunnel.ts';
import { until } from '../support/until.ts';

t.setTimeout(600_000);

const CLIENTS = 8;
const OUTAGE_MS = 2_500;

/** Clients that ask again and again, until they are told to stop. */
function load(gateway: TestGateway) {
  const answered: { readonly requestId: string; readonly tookMs: number }[] = [];
  const refused: string[] = [];
  let going = true;
  const client = async (n: number): Promise<void> => {
    for (let turn = 0; going; turn++) {
      const requestId = `load-${n}-${turn}`;
      const stream = turn % 2 === 0;
      const startedMs = performance.now();
      const body = { model: 'sim-fast', stream, messages: [{ role: 'user', content: 'hello' }] };
      const response = await post(gateway, '/v1/chat/completions', body, {
        headers: { 'x-request-id': requestId },
      });
      const text = await readAll(response);
      if (response.status === 200 && !/"error"/.test(text))
        answered.push({ requestId, tookMs: performance.now() - startedMs });
      else refused.push(`${response.status} ${text.slice(0, 200)}`);
      await pause(10);
    }
  };
  const all = Array.from({ length: CLIENTS }, (_, n) => client(n));
  return {
    answered,
    refused,
    async stop() {
      going = false;
      await Promise.all(all);
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Ready {
  readonly http: number;
  readonly status: string;
  readonly parts: readonly { readonly name: string; readonly state: string }[];
}

async function readiness(gateway: TestGateway): Promise<Ready> {
  const response = await fetch(`${gateway.origin}/readyz`);
  return { http: response.status, ...((await response.json()) as Omit<Ready, 'http'>) };
}

const part = ({ parts }: Ready, name: string): string | undefined =>
  parts.find((one) => one.name === name)?.state;

/** Every answered request has exactly one record and one usage line. */
async function recorded(t: Test, gateway: TestGateway, requestIds: readonly string[]): Promise<void> {
  let rows: Record<string, unknown>[] = [];
  await until(async () => {
    rows = await gateway.query(
      `SELECT a.request_id, count(DISTINCT a.id)::int AS records, count(u.*)::int AS lines
       FROM audit_events a LEFT JOIN usage_events u ON u.request_id = a.id
       WHERE a.request_id LIKE 'load-%' GROUP BY a.request_id`,
    );
    return rows.length >= requestIds.length;
  }, 20_000);
  const found = new Map(rows.map((row) => [row.request_id, row]));
  const wrong = requestIds.filter((id) => found.get(id)?.records !== 1 || found.get(id)?.lines !== 1);
  t.same(wrong, [], 'each answered request has one record and one usage line');
  t.equal(rows.length, requestIds.length, 'and nothing else is recorded');
}

const FAULTS: Record<string, (tunnel: Tunnel) => Promise<void>> = {
  frozen: async (tunnel) => tunnel.freeze(),
  killed: (tunnel) => tunnel.cut(),
};

for (const [name, strike] of Object.entries(FAULTS)) {
  t.test(
    `the database is ${name}: traffic flows on, readiness says so, afterwards all rows are there`,
    async (t) => {
      let tunnel: Tunnel | undefined;
      const gateway = await startGateway(
        t,
        // The server ends nothing that is frozen, so the gateway gives up by itself, and does it again afterwards.
        { database: { statement_timeout_ms: 400 } },
        {
          via: async (url) => {
            const far = new URL(url);
            tunnel = await openTunnel(t, { host: far.hostname, port: Number(far.port) });
            far.hostname = '127.0.0.1';
            far.port = String(tunnel.port);
            return far.href;
          },
        },
      );
      if (tunnel === undefined) return t.fail('no tunnel');
      t.match(await readiness(gateway), { http: 200, status: 'ok' });
      const traffic = load(gateway);
      await until(() => traffic.answered.length > 50);
      await strike(tunnel);
      const before = traffic.answered.length;
      await until(async () => part(await readiness(gateway), 'database') === 'degraded');
      await pause(OUTAGE_MS);
      await until(() => traffic.answered.length > before + 50);
      t.match(await readiness(gateway), { http: 200, status: 'degraded' }, 'degraded, and still ready');
      t.comment(`${traffic.answered.length - before} answered meanwhile`);
      await tunnel.restore();
      await until(async () => (await readiness(gateway)).status === 'ok', 20_000);
      await traffic.stop();
      t.same(traffic.refused, [], 'nobody was refused');
      const slowest = Math.max(...traffic.answered.map(({ tookMs }) => tookMs));
      t.comment(`${traffic.answered.length} answered, the slowest in ${Math.round(slowest)} ms`);
      await recorded(
        t,
        gateway,
        traffic.answered.map(({ requestId }) => requestId),
      );
    },
  );
}

t.test(
  'Redis freezes (litellm PR#35273): nobody is refused, few wait, and it is used again',
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const redis = await ownRedis(t, await freePort());
    const gateway = await startGateway(
      t,
      { redis: { url: redis.url, backoff_ms: 100, command_timeout_ms: 100 } },
      {
        policies: `
version: 1
policies:
  - id: counted
    limits: [{ per: org, requests_per_minute: 1000000, concurrent_requests: 1000 }]
`,
      },
    );
    const state = async (): Promise<string | undefined> => part(await readiness(gateway), 'redis');
    await until(async () => (await state()) === 'ok');
    const traffic = load(gateway);
    await until(() => traffic.answered.length > 50);
    process.kill(redis.pid ?? 0, 'SIGSTOP');
    const before = traffic.answered.length;
    await until(async () => (await state()) === 'degraded');
    await pause(1_500);
    await until(() => traffic.answered.length > before + 50);
    t.equal((await readiness(gateway)).http, 200);
    t.comment(`${traffic.answered.length - before} answered meanwhile`);
    process.kill(redis.pid ?? 0, 'SIGCONT');
    await until(async () => (await state()) === 'ok', 20_000);
    await traffic.stop();
    t.same(traffic.refused, [], 'nobody was refused');
    const slow = traffic.answered.filter(({ tookMs }) => tookMs > 90).length;
    t.comment(`${traffic.answered.length} answered, ${slow} of them in more than 90 ms`);
    await recorded(
      t,
      gateway,
      traffic.answered.map(({ requestId }) => requestId),
    );
  },
);
