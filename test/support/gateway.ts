/** A whole gateway over real sockets for one test file: its own database, journal folder and port. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Test } from 'tap';
import { openGateway } from '../../src/app/compose.ts';
import { parseConfig } from '../../src/config/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/ids.ts';
import type { Demo } from '../../src/identity/setup.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { freshDatabase, seeEverything } from './database.ts';
import { until } from './until.ts';

type Row = Record<string, unknown>;

export interface TestGateway {
  readonly origin: string;
  /** Inference key of the demo organisation. */
  readonly key: string;
  /** Key of the platform's operator. */
  readonly adminKey: string;
  readonly databaseUrl: string;
  /** Everything the gateway logged so far. */
  readonly logged: () => string;
  readonly admin: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Row }>;
  /** Another inference key of the demo organisation. */
  readonly newKey: (settings: Row) => Promise<string>;
  readonly query: (sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Audit rows of a request, once they have been drained. */
  readonly auditOf: (requestId: string) => Promise<Row[]>;
  /** Usage lines of a request, once they have been drained. */
  readonly usageOf: (requestId: string) => Promise<Row[]>;
  readonly stop: () => Promise<void>;
}

export interface GatewayOptions {
  /** Text of a policy file. */
  readonly policies?: string;
  /** Where the gateway is to reach the database that the test reaches at this URL. */
  readonly via?: (databaseUrl: string) => Promise<string>;
}

/** @param settings sections of config.yaml; policies and prompts folders are empty unless they name some */
export async function startGateway(
  t: Test,
  settings: Record<string, unknown> = {},
  { policies, via }: GatewayOptions = {},
): Promise<TestGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gateway-'));
  for (const name of ['policies', 'prompts']) await mkdir(join(folder, name));
  if (policies !== undefined) await writeFile(join(folder, 'policies', 'test.yaml'), policies);
  const { url } = await freshDatabase(t);
  await seeEverything(url);
  const lines: string[] = [];
  const log = openLog('info', { write: (line: string) => void lines.push(line) });
  const config = parseConfig({
    policies: { folder: join(folder, 'policies') },
    prompts: { folder: join(folder, 'prompts') },
    providers: { simulated: { kind: 'simulated' } },
    ...settings,
    server: { port: 0, ...(settings.server as object | undefined) },
    database: {
      url: via === undefined ? url : await via(url),
      data_dir: folder,
      ...(settings.database as object | undefined),
    },
    journal: { dir: join(folder, 'journal'), ...(settings.journal as object | undefined) },
  });
  let demo: Demo | undefined;
  const surroundings = { log, clock: systemClock, random: systemRandom };
  const gateway = await openGateway(config, surroundings, (made) => {
    demo = made;
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    const stopping = stopped ?? gateway.stop();
    stopped = stopping;
    return stopping;
  };
  const database = new pg.Pool({ connectionString: url, max: 2 });
  t.teardown(async () => {
    await stop();
    await database.end();
    await rm(folder, { recursive: true, force: true });
  });
  if (!demo) throw new Error('a fresh database has no demo organisation yet');
  const { inferenceKey: key, adminKey } = demo as Demo;

  const query = async (sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await database.query(sql, values)).rows;
  const admin: TestGateway['admin'] = async (method, path, body) => {
    const response = await fetch(`${gateway.origin}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Row };
  };
  const auditOf = async (requestId: string): Promise<Row[]> => {
    let rows: Row[] = [];
    await until(async () => {
      rows = await query('SELECT * FROM audit_events WHERE request_id = $1', [requestId]);
      return rows.length > 0;
    });
    return rows;
  };
  return {
    origin: gateway.origin,
    key,
    adminKey,
    databaseUrl: url,
    logged: () => lines.join(''),
    admin,
    newKey: async (fields) => {
      const { status, body } = await admin('POST', '/orgs/demo/keys', {
        name: `test ${Math.random()}`,
        ...fields,
      });
      if (status !== 201) throw new Error(`no key: ${JSON.stringify(body)}`);
      return String(body.key);
    },
    query,
    auditOf,
    usageOf: async (requestId) => {
      const [audit] = await auditOf(requestId);
      return query('SELECT * FROM usage_events WHERE request_id = $1 ORDER BY attempt', [audit?.id]);
    },
    stop,
  };
}
