import { type SQL, sql } from 'drizzle-orm';
import type { PicoUsd } from '../core/money.ts';
import type { Database, Tx } from '../storage/database.ts';
import {
  grantOf,
  type LeaseChange,
  type Ledger,
  type TakeReply,
  type TakeRequest,
  type WindowKey,
} from './ledger.ts';
import { freesAt, isWindow, openWindow, rollOff, rows, sameWindow, startOf } from './store-windows.ts';

/**
 * The ledger in Postgres. Whoever changes a lease locks its window first, and several windows in the order of
 * their key, so that nobody waits in a circle.
 */
export function postgresLedger(db: Database, nodeId: string, leaseTtlMs: number): Ledger {
  return {
    take: (request) => db.write((tx) => take(tx, request, nodeId, leaseTtlMs)),
    giveBack: (window, change, amount) => db.write((tx) => giveBack(tx, window, change, amount)),
    renew: async (leaseIds) =>
      leaseIds.length === 0 ? new Map() : db.write((tx) => renew(tx, leaseIds, leaseTtlMs)),
  };
}

async function take(tx: Tx, request: TakeRequest, nodeId: string, ttlMs: number): Promise<TakeReply> {
  const { window, terms } = request;
  let left = await openWindow(tx, window, terms);
  if (terms.rollingSeconds !== null) left += await rollOff(tx, isWindow(window));
  const grant = grantOf(left, request);
  if (grant === 0n) {
    const granted = await confirmLease(tx, request, ttlMs);
    if (granted === undefined && !request.first) return { kind: 'lost' };
    const freesAtMs = terms.rollingSeconds === null ? undefined : await freesAt(tx, window);
    return { kind: 'exhausted', left, granted, freesAtMs };
  }
  const granted = request.first
    ? await insertLease(tx, request, grant, nodeId, ttlMs)
    : await raiseLease(tx, request, grant, ttlMs);
  if (granted === undefined) return { kind: 'lost' };
  await raiseLeased(tx, request.window, grant);
  return { kind: 'granted', granted, left: left - grant };
}

/**
 * What the lease holds by the ledger, its life prolonged: an answer that got lost may have granted what the node does
 * not know of, which would otherwise lie there, unused.
 */
async function confirmLease(
  tx: Tx,
  { leaseId, seq }: LeaseChange,
  ttlMs: number,
): Promise<PicoUsd | undefined> {
  const [row] = await rows<{ granted: string }>(
    tx,
    sql`UPDATE budget_leases SET seq = ${seq}, expires_at = ${expiry(ttlMs)}
        WHERE id = ${leaseId} AND seq < ${seq}
        RETURNING granted_pico_usd AS granted`,
  );
  return row && BigInt(row.granted);
}

/** A first answer that got lost may have made the lease already: then it grows, and the node learns of both. */
async function insertLease(
  tx: Tx,
  { leaseId, seq, window }: TakeRequest,
  grant: PicoUsd,
  nodeId: string,
  ttlMs: number,
): Promise<PicoUsd | undefined> {
  const amount = grant.toString();
  const [row] = await rows<{ granted: string }>(
    tx,
    sql`INSERT INTO budget_leases AS l (id, org_id, budget_id, subject_id, window_start, node_id,
          remaining_pico_usd, granted_pico_usd, seq, expires_at)
        VALUES (${leaseId}, ${window.orgId}, ${window.budgetId}, ${window.subjectId}, ${startOf(window)}, ${nodeId},
          ${amount}, ${amount}, ${seq}, ${expiry(ttlMs)})
        ON CONFLICT (id) DO UPDATE
        SET remaining_pico_usd = l.remaining_pico_usd + ${amount}, granted_pico_usd = l.granted_pico_usd + ${amount},
            seq = ${seq}, expires_at = excluded.expires_at
        WHERE l.seq < ${seq}
        RETURNING l.granted_pico_usd AS granted`,
  );
  return row && BigInt(row.granted);
}

async function raiseLease(
  tx: Tx,
  { leaseId, seq }: LeaseChange,
  grant: PicoUsd,
  ttlMs: number,
): Promise<PicoUsd | undefined> {
  const [row] = await rows<{ granted: string }>(
    tx,
    sql`UPDATE budget_leases
        SET remaining_pico_usd = remaining_pico_usd + ${grant.toString()},
            granted_pico_usd = granted_pico_usd + ${grant.toString()},
            seq = ${seq}, expires_at = ${expiry(ttlMs)}
        WHERE id = ${leaseId} AND seq < ${seq}
        RETURNING granted_pico_usd AS granted`,
  );
  return row && BigInt(row.granted);
}

/** The row is locked and what is left was looked at; the trigger of migration 0004 has the last word. */
async function raiseLeased(tx: Tx, window: WindowKey, grant: PicoUsd): Promise<void> {
  await tx.execute(
    sql`UPDATE budget_windows SET leased_pico_usd = leased_pico_usd + ${grant.toString()} WHERE ${isWindow(window)}`,
  );
}

async function giveBack(
  tx: Tx,
  window: WindowKey,
  { leaseId, seq }: LeaseChange,
  amount: PicoUsd,
): Promise<PicoUsd | undefined> {
  await tx.execute(sql`SELECT FROM budget_windows WHERE ${isWindow(window)} FOR UPDATE`);
  const [row] = await rows<{ left: string }>(
    tx,
    sql`WITH lease AS (
          UPDATE budget_leases
          SET remaining_pico_usd = remaining_pico_usd - ${amount.toString()},
              granted_pico_usd = granted_pico_usd - ${amount.toString()}, seq = ${seq}
          WHERE id = ${leaseId} AND seq < ${seq} AND remaining_pico_usd >= ${amount.toString()}
          RETURNING id
        )
        UPDATE budget_windows SET leased_pico_usd = leased_pico_usd - ${amount.toString()}
        WHERE ${isWindow(window)} AND EXISTS (SELECT FROM lease)
        RETURNING amount_pico_usd - settled_pico_usd - leased_pico_usd AS left`,
  );
  return row && BigInt(row.left);
}

async function renew(
  tx: Tx,
  leaseIds: readonly string[],
  ttlMs: number,
): Promise<ReadonlyMap<string, PicoUsd>> {
  // One parameter for all of them: a statement has room for 65,535.
  const asked = sql`SELECT id FROM budget_leases WHERE id = ANY(${`{${leaseIds.join(',')}}`}::uuid[]) ORDER BY id FOR UPDATE`;
  const renewed = await rows<{ id: string; remaining: string }>(
    tx,
    sql`UPDATE budget_leases SET expires_at = ${expiry(ttlMs)} WHERE id IN (${asked})
        RETURNING id, remaining_pico_usd AS remaining`,
  );
  return new Map(renewed.map(({ id, remaining }) => [id, BigInt(remaining)]));
}

/** Returns what is left of leases whose life has ended: their nodes are dead or cut off. @returns how many */
export function expireLeases(db: Database): Promise<number> {
  return db.write((tx) => endLeases(tx, sql`l.expires_at < now()`));
}

/**
 * Returns what is left of all leases of a node that is dead and whose journal has been drained to its end: then
 * nothing of them can have been spent without the ledger knowing. @returns how many
 */
export function reclaimLeases(db: Database, deadNodeId: string): Promise<number> {
  return db.write((tx) => endLeases(tx, sql`l.node_id = ${deadNodeId}`));
}

async function endLeases(tx: Tx, ended: SQL): Promise<number> {
  await tx.execute(
    sql`SELECT FROM budget_windows w
        WHERE EXISTS (SELECT FROM budget_leases l WHERE ${sameWindow('l')} AND ${ended})
        ORDER BY w.org_id, w.budget_id, w.subject_id, w.window_start FOR UPDATE`,
  );
  const [row] = await rows<{ ended: number }>(
    tx,
    sql`WITH gone AS (DELETE FROM budget_leases l WHERE ${ended} RETURNING l.*),
        sums AS (
          SELECT org_id, budget_id, subject_id, window_start, sum(remaining_pico_usd) AS rest
          FROM gone GROUP BY 1, 2, 3, 4
        ),
        returned AS (
          UPDATE budget_windows w SET leased_pico_usd = leased_pico_usd - sums.rest
          FROM sums WHERE ${sameWindow('sums')}
        )
        SELECT count(*)::int AS ended FROM gone`,
  );
  return row?.ended ?? 0;
}

function expiry(ttlMs: number): SQL {
  return sql`now() + ${ttlMs} * interval '1 millisecond'`;
}
