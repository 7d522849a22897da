/** Hour and weekday in a time zone, cheap enough for the request path. */
import { zoneOffsetMs } from '../core/time-zone.ts';

const QUARTER_MS = 900_000;

/** What was last asked of a zone; it holds for this quarter of an hour, since zones change on its bounds only. */
interface Known {
  readonly quarter: number;
  readonly offsetMs: number;
}

const zones = new Map<string, Known>();

/** From 0 to 23. @throws RangeError when the zone is not an IANA name */
export function hourIn(zone: string, epochMs: number): number {
  return localTime(zone, epochMs).getUTCHours();
}

/** From 1 (Monday) to 7 (Sunday), as ISO 8601 counts. @throws RangeError when the zone is not an IANA name */
export function weekdayIn(zone: string, epochMs: number): number {
  return localTime(zone, epochMs).getUTCDay() || 7;
}

/** A date whose UTC fields are what the clocks of the zone show. */
function localTime(zone: string, epochMs: number): Date {
  const quarter = Math.floor(epochMs / QUARTER_MS);
  let known = zones.get(zone);
  if (known?.quarter !== quarter) {
    known = { quarter, offsetMs: zoneOffsetMs(zone, epochMs) };
    zones.set(zone, known);
  }
  return new Date(epochMs + known.offsetMs);
}
