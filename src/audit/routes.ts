import { z } from 'zod';
import { type AdminCall, type AdminRoute, adminRoute, noParams, pageOf } from '../admin/route.ts';
import { Fault } from '../core/fault.ts';
import type { Database } from '../storage/database.ts';
import { type AuditPlace, type AuditQuery, type AuditRow, findAudit } from './store.ts';

const query = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional().describe('First instant.'),
  to: z.iso.datetime({ offset: true }).optional().describe('First instant after.'),
  kind: z.enum(['request', 'admin', 'gateway']).optional(),
  actor: z.string().max(128).optional().describe('`key/<id>`, `user/<id>`, `platform/<id>` or `anonymous`.'),
  outcome: z.enum(['done', 'refused', 'failed', 'abandoned']).optional(),
  request_id: z.string().max(128).optional().describe('What the answer had as `x-request-id`.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before.'),
});

const event = z.strictObject({
  id: z.uuid(),
  occurred_at: z.iso.datetime(),
  kind: z.enum(['request', 'admin', 'gateway']),
  request_id: z.string().describe('As in `x-request-id`.'),
  actor: z.string(),
  team_id: z.string().nullable(),
  user_id: z.string().nullable(),
  key_id: z.string().nullable(),
  remote_address: z.string().nullable(),
  action: z.string(),
  resource: z.string().nullable(),
  outcome: z.string(),
  fault: z.string().nullable(),
  status: z.number().int().nullable(),
  duration_ms: z.number().int().nullable(),
  details: z.unknown(),
});

type Call = AdminCall<unknown, z.output<typeof query>, unknown>;

/** The audit trail, newest first. */
export function auditRoutes(db: Database): readonly AdminRoute[] {
  const shape = {
    method: 'GET',
    action: 'audit.read',
    params: noParams,
    query,
    answer: pageOf(event),
    handle: (call: Call) => tell(db, call),
  } as const;
  return [
    adminRoute({
      ...shape,
      path: '/orgs/:orgId/audit',
      summary: 'Read the audit trail: decisions on requests and admin actions',
    }),
    adminRoute({
      ...shape,
      path: '/audit',
      summary:
        'Read the audit trail of one’s own organisation; for operators, what belongs to none: refused strangers, what operators do',
    }),
  ];
}

async function tell(db: Database, { orgId, query: asked }: Call) {
  const { from, to, kind, actor, outcome, request_id: requestId, limit, cursor } = asked;
  const search: AuditQuery = {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    kind,
    actor,
    outcome,
    requestId,
    after: cursor === undefined ? undefined : readCursor(cursor),
    limit: limit + 1,
  };
  // Without an organisation it is an operator who asks.
  const found = await (orgId === ''
    ? db.platform((tx) => findAudit(tx, search))
    : db.withOrg(orgId, (tx) => findAudit(tx, search)));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = found.length > limit && last ? writeCursor(last) : null;
  return { answer: { data: page.map(toEvent), next_cursor: next } };
}

function toEvent(row: AuditRow): z.input<typeof event> {
  return {
    id: row.id,
    occurred_at: row.occurredAt.toISOString(),
    kind: row.kind,
    request_id: row.requestId,
    actor: row.actor,
    team_id: row.teamId,
    user_id: row.userId,
    key_id: row.keyId,
    remote_address: row.remoteAddress,
    action: row.action,
    resource: row.resource,
    outcome: row.outcome,
    fault: row.fault,
    status: row.status,
    duration_ms: row.durationMs,
    details: row.details,
  };
}

function writeCursor(row: AuditRow): string {
  return Buffer.from(`${row.occurredAt.getTime()}/${row.id}`).toString('base64url');
}

/** @throws Fault `invalid_request` when it is none of ours */
function readCursor(cursor: string): AuditPlace {
  const match = /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString());
  const place = match && z.uuid().safeParse(match[2]).success ? match : undefined;
  if (!place?.[2]) {
    throw new Fault('invalid_request', 'The cursor is not one that this endpoint gave out.', {
      param: 'cursor',
    });
  }
  return { occurredAt: new Date(Number(place[1])), id: place[2] };
}
