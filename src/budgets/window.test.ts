import fc from 'fast-check';
import t from 'tap';
import { type WindowKind, windowAt, windowKind, writtenWindow } from './window.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Cairo',
  'America/Havana',
] as const;

const iso = (ms: number): string => new Date(ms).toISOString();

t.test('windows begin where the calendar of the zone says', async (t) => {
  for (const [kind, zone, at, start, end] of [
    ['day', 'UTC', '2026-03-01T12:00:00Z', '2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'],
    // 23 and 25 hours long
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    // no midnight on 4 November 2018: the day begins at one
    [
      'day',
      'America/Sao_Paulo',
      '2018-11-04T12:00:00Z',
      '2018-11-04T03:00:00.000Z',
      '2018-11-05T02:00:00.000Z',
    ],
    ['week', 'UTC', '2026-11-20T12:00:00Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['week', 'UTC', '2026-11-22T23:59:59Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    [
      'month',
      'America/New_York',
      '2026-03-15T00:00:00Z',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ],
    ['month', 'UTC', '2028-02-29T23:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['hour', 'Asia/Kolkata', '2026-01-01T00:10:00Z', '2025-12-31T23:30:00.000Z', '2026-01-01T00:30:00.000Z'],
    ['minute', 'UTC', '2026-01-01T00:10:59.999Z', '2026-01-01T00:10:00.000Z', '2026-01-01T00:11:00.000Z'],
  ] as const) {
    const window = windowAt(kind, zone, Date.parse(at));
    t.same([iso(window.startMs), iso(window.endMs)], [start, end], `${kind} ${zone} ${at}`);
  }
});

t.test('windows tile the time line, daylight saving included', async () => {
  const kinds = fc.constantFrom<WindowKind>('minute', 'hour', 'day', 'week', 'month');
  const instants = fc.integer({ min: Date.parse('2008-01-01'), max: Date.parse('2038-01-01') });
  fc.assert(
    fc.property(kinds, fc.constantFrom(...ZONES), instants, (kind, zone, at) => {
      const window = windowAt(kind, zone, at);
      const next = windowAt(kind, zone, window.endMs);
      const same = windowAt(kind, zone, window.startMs);
      const last = windowAt(kind, zone, window.endMs - 1);
      return (
        window.startMs <= at &&
        at < window.endMs &&
        next.startMs === window.endMs &&
        same.endMs === window.endMs &&
        last.startMs === window.startMs
      );
    }),
    { numRuns: 2000 },
  );
});

t.test('an unknown zone is refused', async (t) => {
  t.throws(() => windowAt('day', 'Mars/Olympus', 0), RangeError);
});

t.test('rolling windows: their length, told back as it was written', async (t) => {
  for (const rolling of ['1m', '90m', '1h', '24h', '7d', '365d']) {
    const kind = windowKind({ rolling });
    t.same(writtenWindow(kind), { rolling });
    t.equal(windowAt(kind, 'UTC', 1e12).endMs, Number.POSITIVE_INFINITY);
  }
  t.not(
    windowAt(windowKind({ rolling: '1h' }), 'UTC', 0).startMs,
    windowAt(windowKind({ rolling: '2h' }), 'UTC', 0).startMs,
  );
});
