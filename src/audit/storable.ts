import { storableText } from '../core/json.ts';

const TEXT_LENGTH_MAX = 2048;
const DEPTH_MAX = 12;
const MEMBERS_MAX = 200;

/**
 * A copy of a JSON value that Postgres can store as jsonb: sound texts of bounded length, finite numbers, bounded
 * depth and width. What has no place in JSON becomes null, a bigint its digits, a date its ISO form.
 */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value, TEXT_LENGTH_MAX);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object' || depth >= DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.slice(0, MEMBERS_MAX).map((item) => storableJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MEMBERS_MAX)
      .map(([key, member]) => [storableText(key, TEXT_LENGTH_MAX), storableJson(member, depth + 1)]),
  );
}
