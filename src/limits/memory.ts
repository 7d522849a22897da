import type { Clock } from '../core/clock.ts';
import { type Counter, MINUTE_MS, type Taken, TOLERANCE_MS } from './counter.ts';
import type { Limit } from './limit.ts';

/** State of one limit: when the bucket is full again, or how many requests run. */
interface Cell {
  fullAtMs: number;
  running: number;
}

/** Idle cells are swept at most once a minute, so that keys of the past do not stay in memory. */
const SWEEP_MS = MINUTE_MS;

/** Counts in this process; synchronous, and right for a single machine. */
export function memoryCounter(clock: Clock): Counter {
  const cells = new Map<string, Cell>();
  let sweptAtMs = clock.elapsed();

  const cellOf = (limit: Limit): Cell => {
    let cell = cells.get(limit.key);
    if (cell === undefined) {
      cell = { fullAtMs: 0, running: 0 };
      cells.set(limit.key, cell);
    }
    return cell;
  };

  const sweep = (nowMs: number): void => {
    if (nowMs - sweptAtMs < SWEEP_MS) return;
    sweptAtMs = nowMs;
    for (const [key, cell] of cells) if (cell.running === 0 && cell.fullAtMs <= nowMs) cells.delete(key);
  };

  const counter: Counter = {
    take(_orgId, limits, tokens) {
      const nowMs = clock.elapsed();
      sweep(nowMs);
      const refusedBy = limits.findIndex((limit) => !passes(limit, cellOf(limit), nowMs));
      if (refusedBy < 0) for (const limit of limits) add(limit, cellOf(limit), nowMs, tokens);
      return stateOf(limits, refusedBy, nowMs);
    },
    give(_orgId, limits, tokens) {
      const nowMs = clock.elapsed();
      for (const limit of limits) {
        const cell = cellOf(limit);
        if (limit.kind === 'concurrent') cell.running = Math.max(0, cell.running - 1);
        else if (limit.kind === 'tokens') pour(limit, cell, nowMs, tokens);
      }
    },
  };

  const stateOf = (limits: readonly Limit[], refusedBy: number, nowMs: number): Taken => {
    const remaining: number[] = [];
    const resetMs: number[] = [];
    for (const limit of limits) {
      const cell = cellOf(limit);
      remaining.push(Math.max(0, Math.floor(left(limit, cell, nowMs))));
      resetMs.push(limit.kind === 'concurrent' ? 0 : Math.max(0, Math.ceil(cell.fullAtMs - nowMs)));
    }
    const refusing = limits[refusedBy];
    const retryAfterMs = refusing === undefined ? 0 : waitFor(refusing, cellOf(refusing), nowMs);
    return { refusedBy, retryAfterMs, remaining, resetMs, counter };
  };

  return counter;
}

function left(limit: Limit, cell: Cell, nowMs: number): number {
  if (limit.kind === 'concurrent') return limit.limit - cell.running;
  return ((MINUTE_MS + TOLERANCE_MS - Math.max(0, cell.fullAtMs - nowMs)) * limit.limit) / MINUTE_MS;
}

function passes(limit: Limit, cell: Cell, nowMs: number): boolean {
  if (limit.kind === 'concurrent') return cell.running < limit.limit;
  const usedMs = cell.fullAtMs - nowMs;
  if (limit.kind === 'tokens') return usedMs < MINUTE_MS - TOLERANCE_MS;
  return usedMs <= MINUTE_MS - MINUTE_MS / limit.limit + TOLERANCE_MS;
}

function add(limit: Limit, cell: Cell, nowMs: number, tokens: number): void {
  if (limit.kind === 'concurrent') cell.running += 1;
  else pour(limit, cell, nowMs, limit.kind === 'requests' ? 1 : tokens);
}

function pour(limit: Limit, cell: Cell, nowMs: number, amount: number): void {
  cell.fullAtMs = Math.max(cell.fullAtMs, nowMs) + (amount * MINUTE_MS) / limit.limit;
}

/** Until one request, or one token, is there again. */
function waitFor(limit: Limit, cell: Cell, nowMs: number): number {
  if (limit.kind === 'concurrent') return 0;
  return Math.max(1, Math.ceil(cell.fullAtMs - nowMs - MINUTE_MS + MINUTE_MS / limit.limit));
}
