import { and, asc, eq, exists, gt, inArray, isNull, ne, or, type SQL } from 'drizzle-orm';
import type { Tx } from '../../storage/database.ts';
import { memberships, users } from '../schema.ts';
import { cutPage, NOW } from './rows.ts';

export type User = typeof users.$inferSelect;
export type NewUser = typeof users.$inferInsert;
export type Membership = typeof memberships.$inferSelect;

/** A person with everything the memberships say. */
export interface UserWithRoles {
  readonly user: User;
  readonly memberships: readonly Membership[];
}

export async function insertUser(tx: Tx, user: NewUser): Promise<User> {
  const [created] = await tx.insert(users).values(user).returning();
  if (created === undefined) throw new Error('insert of a user returned no row');
  return created;
}

/** Deleted people are not found: they remain only as the names of past records. */
export async function findUser(tx: Tx, orgId: string, userId: string): Promise<UserWithRoles | undefined> {
  const [user] = await tx
    .select()
    .from(users)
    .where(and(eq(users.orgId, orgId), eq(users.id, userId), ne(users.status, 'deleted')));
  if (user === undefined) return undefined;
  return { user, memberships: await membershipsOf(tx, orgId, [userId]) };
}

/** Whom a narrowed list may show. */
export interface UsersWithin {
  readonly teamIds: readonly string[];
  readonly userId: string | null;
}

export async function listUsers(
  tx: Tx,
  orgId: string,
  within: UsersWithin | undefined,
  limit: number,
  cursor: string | undefined,
) {
  const rows = await tx
    .select()
    .from(users)
    .where(
      and(
        eq(users.orgId, orgId),
        ne(users.status, 'deleted'),
        within === undefined ? undefined : or(memberOf(tx, within.teamIds), self(within.userId)),
        cursor === undefined ? undefined : gt(users.id, cursor),
      ),
    )
    .orderBy(asc(users.id))
    .limit(limit + 1);
  const { rows: page, nextCursor } = cutPage(rows, limit);
  const roles = await membershipsOf(
    tx,
    orgId,
    page.map((user) => user.id),
  );
  return {
    rows: page.map((user) => ({ user, memberships: roles.filter((role) => role.userId === user.id) })),
    nextCursor,
  };
}

function memberOf(tx: Tx, teamIds: readonly string[]): SQL | undefined {
  return exists(
    tx
      .select({ id: memberships.id })
      .from(memberships)
      .where(and(eq(memberships.userId, users.id), inArray(memberships.teamId, [...teamIds]))),
  );
}

function self(userId: string | null): SQL | undefined {
  return userId === null ? undefined : eq(users.id, userId);
}

async function membershipsOf(tx: Tx, orgId: string, userIds: readonly string[]): Promise<Membership[]> {
  if (userIds.length === 0) return [];
  return tx
    .select()
    .from(memberships)
    .where(and(eq(memberships.orgId, orgId), inArray(memberships.userId, [...userIds])))
    .orderBy(asc(memberships.id));
}

export async function updateUser(
  tx: Tx,
  orgId: string,
  userId: string,
  patch: Partial<Pick<NewUser, 'email' | 'name' | 'externalId' | 'status'>>,
): Promise<void> {
  await tx
    .update(users)
    .set({ ...patch, updatedAt: NOW })
    .where(and(eq(users.orgId, orgId), eq(users.id, userId)));
}

/** Owners who can still act, other than this one. */
export async function otherActiveOwners(tx: Tx, orgId: string, userId: string): Promise<number> {
  const rows = await tx
    .select({ id: users.id })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.orgId, orgId),
        isNull(memberships.teamId),
        eq(memberships.role, 'owner'),
        eq(users.status, 'active'),
        ne(users.id, userId),
      ),
    )
    .limit(1);
  return rows.length;
}

/** Gives a role in the organisation (team null) or in a team; replaces the one held there. */
export async function setMembership(tx: Tx, membership: typeof memberships.$inferInsert): Promise<void> {
  await tx
    .insert(memberships)
    .values(membership)
    .onConflictDoUpdate({
      target: [memberships.orgId, memberships.userId, memberships.teamId],
      set: { role: membership.role },
    });
}

export async function removeFromTeam(
  tx: Tx,
  orgId: string,
  userId: string,
  teamId: string,
): Promise<boolean> {
  const rows = await tx
    .delete(memberships)
    .where(and(eq(memberships.orgId, orgId), eq(memberships.userId, userId), eq(memberships.teamId, teamId)))
    .returning({ id: memberships.id });
  return rows.length > 0;
}

export async function removeAllMemberships(tx: Tx, orgId: string, userId: string): Promise<void> {
  await tx.delete(memberships).where(and(eq(memberships.orgId, orgId), eq(memberships.userId, userId)));
}
