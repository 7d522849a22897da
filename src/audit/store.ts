import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../storage/database.ts';
import type { Sink } from '../storage/journal/sink.ts';
import { auditEvents } from './schema.ts';

/** Inserts the audit rows of drained records, and tells the sinks after it which of them are new. */
export const auditSink: Sink = {
  name: 'audit',
  async insert(tx, batch) {
    // The ids come back as one text: a row for each of them is parsed at ten times the cost.
    const { rows } = await tx.execute<{ ids: string | null }>(sql`
      WITH fresh AS (INSERT INTO audit_events (
        org_id, occurred_at, id, kind, request_id, actor, team_id, user_id, key_id, remote_address, action,
        resource, outcome, fault, status, duration_ms, details)
      SELECT org_id, occurred_at, id, kind, request_id, actor, team_id, user_id, key_id, remote_address, action,
        resource, outcome, fault, status, duration_ms, details
      FROM jsonb_to_recordset(${batch.source}) AS r(
        org_id uuid, occurred_at timestamptz, id uuid, kind text, request_id text, actor text, team_id uuid,
        user_id uuid, key_id uuid, remote_address text, action text, resource text, outcome text, fault text,
        status integer, duration_ms integer, details jsonb)
      ON CONFLICT DO NOTHING
      RETURNING id)
      SELECT string_agg(id::text, ',') AS ids FROM fresh`);
    for (const id of rows[0]?.ids?.split(',') ?? []) batch.fresh.add(id);
  },
};

/** Inserts the content of requests, where records carry it. */
export const contentSink: Sink = {
  name: 'content',
  async insert(tx, batch) {
    // Off by default: most batches hold none, and need no round trip.
    if (!batch.json.includes('"content":{')) return;
    await tx.execute(sql`
      INSERT INTO request_content (org_id, occurred_at, id, request)
      SELECT org_id, occurred_at, id, content->>'request'
      FROM jsonb_to_recordset(${batch.source}) AS r(
        org_id uuid, occurred_at timestamptz, id uuid, content jsonb)
      WHERE content IS NOT NULL AND org_id IS NOT NULL
      ON CONFLICT DO NOTHING`);
  },
};

export type AuditRow = typeof auditEvents.$inferSelect;

/** A row's place in the order: newest first, then by id. */
export interface AuditPlace {
  readonly occurredAt: Date;
  readonly id: string;
}

export interface AuditQuery {
  readonly from: Date | undefined;
  /** Exclusive. */
  readonly to: Date | undefined;
  readonly kind: AuditRow['kind'] | undefined;
  readonly actor: string | undefined;
  readonly outcome: string | undefined;
  readonly requestId: string | undefined;
  /** Only rows behind this one. */
  readonly after: AuditPlace | undefined;
  readonly limit: number;
}

/** Audit rows that `tx` sees, newest first: those of its organisation or, for an operator, those of none. */
export async function findAudit(tx: Tx, query: AuditQuery): Promise<AuditRow[]> {
  const { from, to, kind, actor, outcome, requestId, after } = query;
  const conditions: (SQL | undefined)[] = [
    from && gte(auditEvents.occurredAt, from),
    to && lt(auditEvents.occurredAt, to),
    kind && eq(auditEvents.kind, kind),
    actor === undefined ? undefined : eq(auditEvents.actor, actor),
    outcome === undefined ? undefined : eq(auditEvents.outcome, outcome),
    requestId === undefined ? undefined : eq(auditEvents.requestId, requestId),
    after &&
      sql`(${auditEvents.occurredAt}, ${auditEvents.id}) < (${after.occurredAt.toISOString()}, ${after.id})`,
  ];
  return tx
    .select()
    .from(auditEvents)
    .where(and(...conditions))
    .orderBy(desc(auditEvents.occurredAt), desc(auditEvents.id))
    .limit(query.limit);
}
