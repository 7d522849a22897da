/** Medians and spread, as a table on the terminal and in docs/benchmarks.md. */
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { PINNED } from './process.ts';
import { SCENARIOS, STREAM_EVENTS } from './scenarios.ts';
import type { System } from './systems.ts';

export interface Sample {
  readonly requestsPerSecond: number;
  readonly cpuPerRequestUs: number;
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly addedHalfP50Ms: number;
  readonly addedHalfP99Ms: number;
  readonly addedFirstByteMs: number;
  readonly residentMiB: number;
}

export interface Cell {
  readonly system: string;
  readonly scenario: string;
  readonly samples: Sample[];
}

interface RunFacts {
  readonly rounds: number;
  readonly durationMs: number;
  readonly connections: number;
  readonly write: boolean;
}

const YARDSTICK = 'bare';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function of(cell: Cell, key: keyof Sample): number {
  return median(cell.samples.map((sample) => sample[key]));
}

/** `12.3 (11.9–13.0)` */
function spread(cell: Cell, key: keyof Sample, digits: number): string {
  const values = cell.samples.map((sample) => sample[key]);
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}

/** Each round's own ratio to the yardstick, then the median: neighbours in time share their noise. */
function ratio(cell: Cell, yardstick: Cell | undefined, key: keyof Sample): string {
  if (!yardstick) return '–';
  return median(
    cell.samples.map((sample, round) => sample[key] / (yardstick.samples[round]?.[key] ?? Number.NaN)),
  ).toFixed(2);
}

function table(cells: readonly Cell[], stream: boolean): string {
  const yardstick = cells.find((cell) => cell.system === YARDSTICK);
  const unit = stream ? 'CPU µs / event' : 'CPU µs / request';
  const head = `| System | requests/s | × bare | ${unit} | added p50 ms, 1 client | added p99 | added p50 ms, half load | added p99 | added first byte p50 ms | RSS MiB |`;
  const rows = cells.map((cell) => {
    const cpu = of(cell, 'cpuPerRequestUs') / (stream ? STREAM_EVENTS : 1);
    return `| ${cell.system} | ${spread(cell, 'requestsPerSecond', 0)} | ${ratio(cell, yardstick, 'requestsPerSecond')} | ${cpu.toFixed(stream ? 1 : 0)} | ${spread(cell, 'addedP50Ms', 3)} | ${of(cell, 'addedP99Ms').toFixed(3)} | ${of(cell, 'addedHalfP50Ms').toFixed(3)} | ${of(cell, 'addedHalfP99Ms').toFixed(3)} | ${of(cell, 'addedFirstByteMs').toFixed(3)} | ${of(cell, 'residentMiB').toFixed(0)} |`;
  });
  return [head, head.replace(/[^|]+/g, '---'), ...rows].join('\n');
}

export function writeReport(cells: readonly Cell[], systems: readonly System[], facts: RunFacts): void {
  const sections = SCENARIOS.flatMap(({ name, title, stream }) => {
    const of = cells.filter((cell) => cell.scenario === name && cell.samples.length > 0);
    return of.length > 0 ? [`## ${title[0]?.toUpperCase()}${title.slice(1)}\n\n${table(of, stream)}`] : [];
  });
  const text = `# Benchmarks

Made by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}${PINNED ? '; the system under test alone on core 0, load, upstream and database on the others (taskset)' : '; not pinned'}.
${facts.rounds} rounds, interleaved, each ${facts.durationMs / 1000} s at ${facts.connections} connections, then one client, then half of the measured load; each begins when no system works any more, and is warmed up until two seconds in a row bring nothing more, twelve at most. Medians, in brackets the least and the most of the rounds. "Added" is against calling the upstream directly at the same load. The machine is shared: read the ratios.

${systems.map((system) => `* **${system.name}**: ${system.title}`).join('\n')}

${sections.join('\n\n')}
`;
  console.log(text);
  if (facts.write) writeFileSync('docs/benchmarks.md', text);
}
