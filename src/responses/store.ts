import { eq, sql } from 'drizzle-orm';
import type { Kept } from '../providers/index.ts';
import type { Tx } from '../storage/database.ts';
import type { Sink } from '../storage/journal/sink.ts';
import { RESOURCE_PREFIX } from './response.ts';
import { storedResponses } from './schema.ts';

/**
 * Notes who owns the responses that providers keep, and forgets those that were deleted. In the order of the journal,
 * so that a batch that comes twice ends as it did the first time.
 */
export const responseSink: Sink = {
  name: 'responses',
  async insert(tx, batch) {
    if (batch.json.includes('"response_id":"')) {
      await tx.execute(sql`
        INSERT INTO stored_responses (org_id, id, provider, model, requested_model, team_id, key_id, created_at)
        SELECT org_id, details->>'response_id', usage->-1->>'provider', usage->-1->>'model',
          coalesce(details->>'model', ''), team_id, key_id, occurred_at
        FROM jsonb_to_recordset(${batch.source}) AS r(
          org_id uuid, occurred_at timestamptz, team_id uuid, key_id uuid, details jsonb, usage jsonb)
        WHERE details->>'response_id' IS NOT NULL AND org_id IS NOT NULL
        ON CONFLICT DO NOTHING`);
    }
    if (batch.json.includes('"action":"responses.delete"')) {
      await tx.execute(sql`
        DELETE FROM stored_responses s
        USING jsonb_to_recordset(${batch.source}) AS r(org_id uuid, action text, outcome text, resource text)
        WHERE r.action = 'responses.delete' AND r.outcome = 'done'
          AND s.org_id = r.org_id AND r.resource = ${RESOURCE_PREFIX} || s.id`);
    }
  },
};

/** The response, where it is one of the organisation that `tx` sees. */
export async function findResponse(tx: Tx, id: string): Promise<Kept | undefined> {
  const { provider, model, requestedModel } = storedResponses;
  const rows = await tx
    .select({ id: storedResponses.id, provider, model, requestedModel })
    .from(storedResponses)
    .where(eq(storedResponses.id, id));
  return rows[0];
}
