/**
 * Windows: those of the calendar in an IANA time zone, and rolling ones. They tile the time line: each window ends where the next begins, also
 * where clocks are turned.
 */
import { zoneOffsetMs } from '../core/time-zone.ts';

export const WINDOWS = ['minute', 'hour', 'day', 'week', 'month', 'total'] as const;
type CalendarKind = (typeof WINDOWS)[number];

/** A window of the calendar, or one that ends now, always. */
export type WindowKind = CalendarKind | { readonly rollingMs: number };

/** How the length of a rolling window is written. */
export const ROLLING = /^[1-9]\d{0,3}[mhd]$/;
const UNITS = { d: 24 * 3_600_000, h: 3_600_000, m: 60_000 } as const;

export interface Window {
  /** Epoch milliseconds, inclusive. */
  readonly startMs: number;
  /** Epoch milliseconds, exclusive; Infinity for `total`. */
  readonly endMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TOTAL: Window = { startMs: 0, endMs: Number.POSITIVE_INFINITY };

/** As rules write it: `month`, or `{ rolling: '24h' }`. */
export type WrittenWindow = CalendarKind | { readonly rolling: string };

export function windowKind(written: WrittenWindow): WindowKind {
  if (typeof written === 'string') return written;
  const { rolling } = written;
  return { rollingMs: Number(rolling.slice(0, -1)) * UNITS[rolling.at(-1) as keyof typeof UNITS] };
}

/** The reverse of `windowKind`, in the largest unit that is exact; one day is 24 hours. */
export function writtenWindow(kind: WindowKind): WrittenWindow {
  if (typeof kind === 'string') return kind;
  const { rollingMs } = kind;
  const unit = rollingMs % UNITS.d === 0 && rollingMs > UNITS.d ? 'd' : rollingMs % UNITS.h === 0 ? 'h' : 'm';
  return { rolling: `${rollingMs / UNITS[unit]}${unit}` };
}

/**
 * The window that an instant lies in. One that rolls has no start: its row in the ledger is kept under its length
 * before 1970, apart from those of other lengths, and never ends. Minutes are the same in every zone; an hour follows the zone's clock face
 * where its offset is no whole hour (Kolkata), a week begins on Monday (ISO 8601).
 * @throws RangeError when the zone is not an IANA name
 */
export function windowAt(kind: WindowKind, zone: string, atMs: number): Window {
  if (typeof kind !== 'string') return { startMs: -kind.rollingMs, endMs: Number.POSITIVE_INFINITY };
  switch (kind) {
    case 'total':
      return TOTAL;
    case 'minute':
      return fixed(atMs, MINUTE_MS, 0);
    case 'hour':
      return hourAt(zone, atMs);
    default:
      return calendarWindow(kind, zone, atMs);
  }
}

function fixed(atMs: number, lengthMs: number, offsetMs: number): Window {
  const startMs = Math.floor((atMs + offsetMs) / lengthMs) * lengthMs - offsetMs;
  return { startMs, endMs: startMs + lengthMs };
}

/** Hours of the clock face, cut where the offset changes inside one (Lord Howe turns by half an hour). */
function hourAt(zone: string, atMs: number): Window {
  const offsetMs = zoneOffsetMs(zone, atMs);
  const { startMs, endMs } = fixed(atMs, HOUR_MS, offsetMs);
  return {
    startMs: zoneOffsetMs(zone, startMs) === offsetMs ? startMs : changeBetween(zone, startMs, atMs),
    endMs: zoneOffsetMs(zone, endMs - 1) === offsetMs ? endMs : changeBetween(zone, atMs, endMs - 1),
  };
}

function calendarWindow(kind: 'day' | 'week' | 'month', zone: string, atMs: number): Window {
  const local = new Date(atMs + zoneOffsetMs(zone, atMs));
  const year = local.getUTCFullYear();
  const month = local.getUTCMonth();
  const day = local.getUTCDate();
  if (kind === 'month') return between(zone, Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
  const daysSinceMonday = (local.getUTCDay() + 6) % 7;
  const first = Date.UTC(year, month, kind === 'day' ? day : day - daysSinceMonday);
  return between(zone, first, first + (kind === 'day' ? DAY_MS : 7 * DAY_MS));
}

function between(zone: string, firstLocalMs: number, lastLocalMs: number): Window {
  return { startMs: midnight(zone, firstLocalMs), endMs: midnight(zone, lastLocalMs) };
}

/**
 * The instant at which a local date begins: the first one whose clock shows that date. Where midnight is skipped
 * (São Paulo until 2018) that is the change itself, where it comes twice it is the first of both.
 */
function midnight(zone: string, localMs: number): number {
  const before = localMs - zoneOffsetMs(zone, localMs - DAY_MS);
  if (before + zoneOffsetMs(zone, before) === localMs) return before;
  const after = localMs - zoneOffsetMs(zone, localMs + DAY_MS);
  if (after + zoneOffsetMs(zone, after) === localMs) return after;
  return changeBetween(zone, Math.min(before, after) - HOUR_MS, Math.max(before, after) + HOUR_MS);
}

/** The first instant after `fromMs`, up to `toMs`, with another offset than `fromMs`; by bisection. */
function changeBetween(zone: string, fromMs: number, toMs: number): number {
  const offsetMs = zoneOffsetMs(zone, fromMs);
  let low = fromMs;
  let high = toMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(zone, middle) === offsetMs) low = middle;
    else high = middle;
  }
  return high;
}
