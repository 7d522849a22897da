/** A real Prometheus that scrapes a gateway every second, for one test file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { freePort } from './ports.ts';
import { skipWithout } from './programs.ts';
import { until } from './until.ts';

export interface Prometheus {
  /** Values of an instant query; throws with Prometheus' own words where it refuses. */
  values(expr: string): Promise<number[]>;
  /** Values of a label over the series of a metric. */
  labelValues(metric: string, label: string): Promise<string[]>;
}

export const skipWithoutPrometheus = (): string | false => skipWithout('prometheus', 'prometheus');

/** @param target `host:port` whose /metrics are scraped, as the job that deploy/prometheus.yml names */
export async function startPrometheus(t: Test, target: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const scrape = `{ job_name: sluice, static_configs: [{ targets: ["${target}"] }] }`;
  await writeFile(config, `global: { scrape_interval: 1s }\nscrape_configs: [${scrape}]\n`);
  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  t.teardown(async () => {
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const origin = `http://127.0.0.1:${port}`;
  await until(() =>
    fetch(`${origin}/-/ready`).then(
      (response) => response.ok,
      () => false,
    ),
  );
  const ask = async (path: string, query: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`${origin}/api/v1/${path}?${new URLSearchParams(query)}`);
    const answer = (await response.json()) as { status: string; error?: string; data?: unknown };
    if (answer.status !== 'success') throw new Error(`${answer.error}: ${query.query}`);
    return answer.data;
  };
  return {
    values: async (expr) => {
      const { result } = (await ask('query', { query: expr })) as { result: { value: [number, string] }[] };
      return result.map((sample) => Number(sample.value[1]));
    },
    labelValues: async (metric, label) =>
      (await ask(`label/${label}/values`, { 'match[]': metric })) as string[],
  };
}
