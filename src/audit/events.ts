import { createHash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { FaultCode } from '../core/fault.ts';
import { type RandomBytes, uuidv7 } from '../core/ids.ts';
import { storableText } from '../core/json.ts';
import type { Journal } from '../storage/journal/journal.ts';
import type { AdminRecord, GatewayRecord } from './record.ts';
import { storableJson } from './storable.ts';

/** What an administrator did, or tried to do. */
export interface AdminEntry {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly requestId: string;
  /** The organisation it was about; null for the gateway itself, or where nobody was recognised. */
  readonly orgId: string | null;
  readonly actor: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly remoteAddress: string;
  /** The row of the role matrix. */
  readonly action: string;
  /** `key/<id>`. */
  readonly resource: string | null;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly fault: FaultCode | null;
  readonly status: number;
  readonly durationMs: number;
  /** Changed fields; never a secret. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/**
 * Writes an admin action into the journal; it is safe there when this returns, or its promise resolves.
 * @throws Fault `journal_full` as `Journal.append` does
 */
export function recordAdmin(
  journal: Pick<Journal, 'append'>,
  entry: AdminEntry,
  random?: RandomBytes,
): void | Promise<void> {
  const record: AdminRecord = {
    v: 1,
    kind: 'admin',
    id: uuidv7(entry.atMs, random),
    occurred_at: new Date(entry.atMs).toISOString(),
    org_id: entry.orgId,
    request_id: storableText(entry.requestId, 256),
    actor: entry.actor,
    team_id: entry.teamId,
    user_id: entry.userId,
    key_id: entry.keyId,
    remote_address: entry.remoteAddress,
    action: entry.action,
    resource: entry.resource === null ? null : storableText(entry.resource, 256),
    outcome: entry.outcome,
    fault: entry.fault,
    status: entry.status,
    duration_ms: Math.round(entry.durationMs),
    details: { changes: storableJson(entry.changes) },
  };
  return journal.append(JSON.stringify(record));
}

/** The JSON text that reports records which the journal could not take. */
export function lossRecord(lostRecords: number, clock: Clock, random?: RandomBytes): string {
  const nowMs = clock.now();
  return JSON.stringify(
    gatewayRecord(uuidv7(nowMs, random), new Date(nowMs), 'journal.loss', { lost_records: lostRecords }),
  );
}

/**
 * The JSON text that stands for a record which Postgres would not take. The same record always gives the same
 * id and instant, so that draining it twice stores it once.
 *
 * @param at when the record says it happened
 */
export function poisonRecord(poison: string, at: Date, sqlState: string): string {
  const sha256 = createHash('sha256').update(poison).digest('hex');
  // A UUID of version 8: its bits are ours to choose (RFC 9562 §5.8).
  const id = `${sha256.slice(0, 8)}-${sha256.slice(8, 12)}-8${sha256.slice(13, 16)}-8${sha256.slice(17, 20)}-${sha256.slice(20, 32)}`;
  return JSON.stringify(gatewayRecord(id, at, 'journal.poison', { sql_state: sqlState, sha256 }));
}

function gatewayRecord(
  id: string,
  at: Date,
  action: string,
  details: GatewayRecord['details'],
): GatewayRecord {
  return {
    v: 1,
    kind: 'gateway',
    id,
    occurred_at: at.toISOString(),
    org_id: null,
    request_id: id,
    actor: 'gateway',
    team_id: null,
    user_id: null,
    key_id: null,
    remote_address: null,
    action,
    resource: null,
    outcome: 'failed',
    fault: null,
    status: null,
    duration_ms: null,
    details,
  };
}
