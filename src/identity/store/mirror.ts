/**
 * A table kept in memory at the price of what changed. Rows fall into buckets by the hash of their id, and
 * Postgres tells a fingerprint per bucket over ids and row versions (`xmin`); only buckets whose fingerprint is
 * a new one are read. Nothing depends on clocks or on writers to note what they changed.
 */
import { inArray, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Tx } from '../../storage/database.ts';
import type { RowChanges } from '../directory.ts';

const BUCKETS = 1024;
/** Rows per query: parsing them holds the event loop for some milliseconds, the next query lets it go. */
const PAGE_ROWS = 1000;

interface MirroredRow {
  readonly id: string;
  readonly version: string;
}

type MirroredTable = PgTable & { readonly id: PgColumn };

export interface MirrorSource<Row> {
  readonly table: MirroredTable;
  /** Selects `mirrorColumns` and the row's own, where the condition holds. */
  readonly read: (tx: Tx, where: SQL) => Promise<(Row & { readonly bucket: number })[]>;
}

export interface Mirror<Row> {
  /** What is different from the last pull that was kept. */
  pull(tx: Tx): Promise<Pulled<Row>>;
}

export interface Pulled<Row> {
  readonly changes: RowChanges<Row>;
  /** Makes this the state that the next pull compares with; call it once the changes are applied. */
  keep(): void;
}

interface Bucket<Row> {
  readonly fingerprint: string;
  readonly rows: ReadonlyMap<string, Row>;
}

export function mirrorColumns(table: MirroredTable) {
  return { version: sql<string>`${table}.xmin::text`, bucket: bucketOf(table) };
}

export function mirror<Row extends MirroredRow>(source: MirrorSource<Row>): Mirror<Row> {
  const buckets = new Map<number, Bucket<Row>>();
  return {
    async pull(tx) {
      const now = await fingerprints(tx, source);
      const stale = now.filter(({ bucket, fingerprint }) => buckets.get(bucket)?.fingerprint !== fingerprint);
      const fresh = await readBuckets(tx, source, stale);
      const present = new Set(now.map(({ bucket }) => bucket));
      // A bucket that is not told of any more has lost its last row.
      for (const bucket of buckets.keys()) if (!present.has(bucket)) fresh.set(bucket, EMPTY);
      return {
        changes: difference(buckets, fresh),
        keep() {
          for (const [bucket, state] of fresh) {
            if (state.rows.size === 0) buckets.delete(bucket);
            else buckets.set(bucket, state);
          }
        },
      };
    },
  };
}

const EMPTY: Bucket<never> = { fingerprint: '', rows: new Map<string, never>() };

interface Told {
  readonly bucket: number;
  readonly fingerprint: string;
  readonly size: number;
}

function bucketOf(table: MirroredTable): SQL<number> {
  return sql<number>`uuid_hash(${table.id}) & ${sql.raw(String(BUCKETS - 1))}`;
}

function fingerprints<Row>(tx: Tx, source: MirrorSource<Row>): Promise<Told[]> {
  const { table } = source;
  const rowHash = sql`uuid_hash_extended(${table.id}, ${table}.xmin::text::bigint)`;
  return tx
    .select({
      bucket: bucketOf(table).as('bucket'),
      fingerprint: sql<string>`bit_xor(${rowHash})::text || '/' || count(*)`,
      size: sql<number>`count(*)::int`,
    })
    .from(table)
    .groupBy(sql`bucket`);
}

/** In pages of whole buckets. A row that changed since the fingerprint is read as it is now, and once more next time. */
async function readBuckets<Row extends MirroredRow>(
  tx: Tx,
  source: MirrorSource<Row>,
  stale: readonly Told[],
): Promise<Map<number, Bucket<Row>>> {
  const read = new Map<number, Bucket<Row>>();
  for (let from = 0; from < stale.length; ) {
    let to = from;
    for (let rows = 0; to < stale.length && (to === from || rows < PAGE_ROWS); to += 1) {
      rows += stale[to]?.size ?? 0;
    }
    const page = stale.slice(from, to);
    from = to;
    const numbers = page.map(({ bucket }) => bucket);
    const rows = await source.read(tx, inArray(bucketOf(source.table), numbers));
    const byBucket = Map.groupBy(rows, ({ bucket }) => bucket);
    for (const { bucket, fingerprint } of page) {
      const own = byBucket.get(bucket) ?? [];
      read.set(bucket, { fingerprint, rows: new Map(own.map((row) => [row.id, row])) });
    }
  }
  return read;
}

function difference<Row extends MirroredRow>(
  before: ReadonlyMap<number, Bucket<Row>>,
  fresh: ReadonlyMap<number, Bucket<Row>>,
): RowChanges<Row> {
  const gone: Row[] = [];
  const come: Row[] = [];
  for (const [bucket, { rows }] of fresh) {
    const old = before.get(bucket)?.rows ?? EMPTY.rows;
    for (const row of old.values()) if (rows.get(row.id)?.version !== row.version) gone.push(row);
    for (const row of rows.values()) if (old.get(row.id)?.version !== row.version) come.push(row);
  }
  return { gone, come };
}
