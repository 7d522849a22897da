import { type JsonObject, parseObject } from '../core/json.ts';
import { poisonRecord } from './events.ts';
import { storableJson } from './storable.ts';

const INT4_MAX = 2_147_483_647;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const EARLIEST_MS = Date.UTC(2000, 0);
const LATEST_MS = Date.UTC(2100, 0);

/**
 * What to store in place of a record that Postgres refused: the same record with every field made sound, so that
 * its money is still counted; then without its draws, which the ledger may refuse; then a record that says so.
 */
export function salvage(record: string, sqlState: string): readonly string[] {
  const parsed = parseObject(record);
  const report = poisonRecord(record, instantOf(parsed), sqlState);
  if (parsed === undefined) return [report];
  const mended = mend(storableJson(parsed), '');
  return [JSON.stringify(mended), JSON.stringify({ ...(mended as JsonObject), draws: [] }), report];
}

/** Ids that are none become null, numbers fit their columns. Needed ids and instants are beyond mending. */
function mend(value: unknown, key: string): unknown {
  if (typeof value === 'number') return Math.max(-INT4_MAX, Math.min(INT4_MAX, Math.round(value)));
  if (typeof value === 'string' && key.endsWith('_id') && /^(org|team|user|key)_/.test(key)) {
    return UUID.test(value) ? value : null;
  }
  if (Array.isArray(value)) return value.map((item) => mend(item, ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mend(member, name)]));
}

function instantOf(record: JsonObject | undefined): Date {
  const at = typeof record?.occurred_at === 'string' ? Date.parse(record.occurred_at) : Number.NaN;
  return new Date(at >= EARLIEST_MS && at <= LATEST_MS ? at : EARLIEST_MS);
}
