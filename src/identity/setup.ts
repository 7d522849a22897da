import { sql } from 'drizzle-orm';
import type { Clock } from '../core/clock.ts';
import { type RandomBytes, uuidv7 } from '../core/ids.ts';
import type { Database, Tx } from '../storage/database.ts';
import { mintKey } from './key.ts';
import { memberships, organisations, platformKeys, teams, users, virtualKeys } from './schema.ts';

/** What the first start prints; these keys are kept nowhere in plain text. */
export interface Demo {
  readonly orgSlug: string;
  /** `slk_…`: calls models as the demo organisation. */
  readonly inferenceKey: string;
  /** `sla_…`: an operator of this gateway. */
  readonly adminKey: string;
}

const SLUG = 'demo';

/**
 * Makes a gateway without any organisation usable: one of each kind that a first call needs. Of several nodes
 * that start at once, one does it.
 *
 * @returns the new keys, or undefined where there is an organisation already
 */
export function ensureDemo(db: Database, random: RandomBytes, clock: Clock): Promise<Demo | undefined> {
  return db.platform(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('sluice demo', 0))`);
    const existing = await tx.select({ id: organisations.id }).from(organisations).limit(1);
    return existing.length > 0 ? undefined : insertDemo(tx, random, clock);
  });
}

async function insertDemo(tx: Tx, random: RandomBytes, clock: Clock): Promise<Demo> {
  const newId = () => uuidv7(clock.now(), random);
  const [orgId, teamId, userId, adminKeyId] = [newId(), newId(), newId(), newId()];
  const inference = mintKey('inference', random);
  const admin = mintKey('admin', random);
  await tx.insert(organisations).values({ id: orgId, slug: SLUG, name: 'Demo' });
  await tx.insert(teams).values({ id: teamId, orgId, name: 'demo' });
  await tx.insert(users).values({ id: userId, orgId, email: 'owner@demo.example', name: 'Demo owner' });
  await tx.insert(memberships).values([
    { id: newId(), orgId, userId, teamId: null, role: 'owner' },
    { id: newId(), orgId, userId, teamId, role: 'manager' },
  ]);
  await tx.insert(virtualKeys).values({
    id: newId(),
    orgId,
    teamId,
    userId,
    name: 'demo',
    kind: 'inference',
    hint: inference.hint,
    hash: inference.hash,
    createdBy: `platform/${adminKeyId}`,
  });
  await tx
    .insert(platformKeys)
    .values({ id: adminKeyId, name: 'demo operator', hint: admin.hint, hash: admin.hash });
  return { orgSlug: SLUG, inferenceKey: inference.plaintext, adminKey: admin.plaintext };
}
