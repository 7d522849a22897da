import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { startGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

interface Readiness {
  readonly ready: boolean;
  readonly status: string;
  readonly parts: readonly { name: string; state: string; detail?: string }[];
}

const folder = t.testdir({ policies: { 'a.yaml': 'version: 1\npolicies: []\n' }, journal: {} });
const gateway = await startGateway(t, {
  policies: { folder: join(folder, 'policies') },
  journal: { max_bytes: 1 << 20, segment_bytes: 64 * 1024 },
});

async function readiness(): Promise<{ status: number; body: Readiness }> {
  const response = await fetch(`${gateway.origin}/readyz`);
  return { status: response.status, body: (await response.json()) as Readiness };
}

const part = ({ body }: { body: Readiness }, name: string) => body.parts.find((one) => one.name === name);

t.test('a node in order is alive and ready, and says so part by part', async (t) => {
  const alive = await fetch(`${gateway.origin}/healthz`);
  t.equal(alive.status, 200);
  t.strictSame(await alive.json(), { status: 'alive' });
  const ready = await readiness();
  t.match(ready, { status: 200, body: { ready: true, status: 'ok' } });
  t.strictSame(
    ready.body.parts.map(({ name, state }) => `${name} ${state}`),
    ['database ok', 'journal ok', 'redis ok', 'policies ok', 'prompts ok'],
  );
});

t.test('policies that were refused degrade the node, and it goes on with the last good ones', async (t) => {
  const file = join(folder, 'policies', 'a.yaml');
  await writeFile(file, 'version: 1\npolicies:\n  - id: a\n    modles: {}\n');
  await until(async () => part(await readiness(), 'policies')?.state === 'degraded');
  const degraded = await readiness();
  t.match(degraded, { status: 200, body: { ready: true, status: 'degraded' } });
  t.match(part(degraded, 'policies')?.detail, /a\.yaml:4:5 .*did you mean "models"\?/);
  await writeFile(file, 'version: 1\npolicies: []\n');
  await until(async () => (await readiness()).body.status === 'ok');
});

t.test('/metrics is what Prometheus reads, without keys and people', async (t) => {
  const asked = await fetch(`${gateway.origin}/v1/models`, {
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  t.equal(asked.status, 200);
  const response = await fetch(`${gateway.origin}/metrics`);
  t.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  t.match(text, /^sluice_requests_total\{.*\} 1$/m);
  t.match(text, /^sluice_policies_ok 1$/m);
  t.notMatch(text, /slk_|sla_|owner@demo/);
});

t.test('what is not HTTP is refused in the form of every other error', async (t) => {
  const { port, hostname } = new URL(gateway.origin);
  const says = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.setEncoding('utf8').on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('end', () => resolve(answer)).on('error', reject);
    });
  t.match(await says('hello\r\n\r\n'), /^HTTP\/1\.1 400 .*"code":"invalid_request"/s);
  const long = `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`;
  t.match(await says(long), /^HTTP\/1\.1 431 .*larger than 16 kB/s);
});
