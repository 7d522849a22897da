/** Hour and weekday in a time zone, cheap enough for the request path. */

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;

interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
  /** The answer holds for this quarter of an hour: every zone's offset is a multiple of it. */
  quarter: number;
  hour: number;
  weekday: number;
}

const zones = new Map<string, ZoneClock>();

/** From 0 to 23. @throws RangeError when the zone is not an IANA name */
export function hourIn(zone: string, epochMs: number): number {
  return at(zone, epochMs).hour;
}

/** From 1 (Monday) to 7 (Sunday), as ISO 8601 counts. @throws RangeError when the zone is not an IANA name */
export function weekdayIn(zone: string, epochMs: number): number {
  return at(zone, epochMs).weekday;
}

/** Formatting costs microseconds, so it is done once per zone and quarter of an hour. */
function at(zone: string, epochMs: number): ZoneClock {
  const clock = zones.get(zone) ?? open(zone);
  const quarter = Math.floor(epochMs / QUARTER_MS);
  if (clock.quarter === quarter) return clock;
  for (const { type, value } of clock.format.formatToParts(epochMs)) {
    if (type === 'hour') clock.hour = Number(value);
    if (type === 'weekday') clock.weekday = WEEKDAYS.indexOf(value) + 1;
  }
  clock.quarter = quarter;
  return clock;
}

function open(zone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    hour: 'numeric',
    weekday: 'short',
  });
  const clock = { format, quarter: Number.NaN, hour: 0, weekday: 0 };
  zones.set(zone, clock);
  return clock;
}
