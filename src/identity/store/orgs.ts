import { and, asc, eq, gt, ne } from 'drizzle-orm';
import type { Database, Tx } from '../../storage/database.ts';
import { noSuchOrganisation } from '../authorize.ts';
import { memberships, organisations, users } from '../schema.ts';
import { cutPage, NOW } from './rows.ts';

export type Org = typeof organisations.$inferSelect;
export type NewOrg = typeof organisations.$inferInsert;
export type OrgPatch = Partial<Omit<NewOrg, 'id' | 'slug' | 'createdAt' | 'updatedAt'>>;

const SLUG_OR_ID = /^[a-z0-9-]{1,63}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By id or slug; deleted ones are not found. For operators only: it sees every organisation. */
export async function findOrgId(db: Database, reference: string): Promise<string | undefined> {
  if (!SLUG_OR_ID.test(reference)) return undefined;
  const column = UUID.test(reference) ? organisations.id : organisations.slug;
  const rows = await db.platform((tx) =>
    tx
      .select({ id: organisations.id })
      .from(organisations)
      .where(and(eq(column, reference), ne(organisations.status, 'deleted'))),
  );
  return rows[0]?.id;
}

/** @throws Fault `not_found` */
export async function orgSlug(db: Database, orgId: string): Promise<string> {
  const [row] = await db.withOrg(orgId, (tx) =>
    tx.select({ slug: organisations.slug }).from(organisations).where(eq(organisations.id, orgId)),
  );
  if (row === undefined) throw noSuchOrganisation();
  return row.slug;
}

/** The new organisation with its first owner, or undefined where the slug is taken. */
export function insertOrg(
  db: Database,
  org: NewOrg,
  owner: { user: typeof users.$inferInsert; membershipId: string } | undefined,
): Promise<Org | undefined> {
  return db.platform(async (tx) => {
    const [created] = await tx
      .insert(organisations)
      .values(org)
      .onConflictDoNothing({ target: organisations.slug })
      .returning();
    if (created === undefined || owner === undefined) return created;
    await tx.insert(users).values(owner.user);
    await tx.insert(memberships).values({
      id: owner.membershipId,
      orgId: created.id,
      userId: owner.user.id,
      teamId: null,
      role: 'owner',
    });
    return created;
  });
}

export async function listOrgs(db: Database, limit: number, cursor: string | undefined) {
  const rows = await db.platform((tx) =>
    tx
      .select()
      .from(organisations)
      .where(cursor === undefined ? undefined : gt(organisations.id, cursor))
      .orderBy(asc(organisations.id))
      .limit(limit + 1),
  );
  return cutPage(rows, limit);
}

export function readOrg(db: Database, orgId: string): Promise<Org | undefined> {
  return db.withOrg(orgId, (tx) => readOrgIn(tx, orgId));
}

export async function readOrgIn(tx: Tx, orgId: string): Promise<Org | undefined> {
  const rows = await tx.select().from(organisations).where(eq(organisations.id, orgId));
  return rows[0];
}

export async function updateOrg(db: Database, orgId: string, patch: OrgPatch): Promise<Org | undefined> {
  const rows = await db.withOrg(orgId, (tx) =>
    tx
      .update(organisations)
      .set({ ...patch, updatedAt: NOW })
      .where(eq(organisations.id, orgId))
      .returning(),
  );
  return rows[0];
}
