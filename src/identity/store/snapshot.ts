import { asc, eq, gt, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database, Tx } from '../../storage/database.ts';
import { memberships, organisations, platformKeys, teams, users, virtualKeys } from '../schema.ts';
import {
  type KeyRow,
  type MembershipRow,
  type Snapshot,
  snapshotBuilder,
  type UserRow,
} from '../snapshot.ts';

/** Rows per query: parsing one page holds the event loop for a few milliseconds, the next one waits for I/O. */
const PAGE_ROWS = 1000;

/** The whole house, read page by page; a change that commits meanwhile brings the next reload. */
export function loadSnapshot(db: Database, before: Snapshot): Promise<Snapshot> {
  return db.load(async (tx) => {
    const builder = snapshotBuilder(before);
    builder.addOrgs(await tx.select(orgColumns).from(organisations));
    const roles = await loadMemberships(tx);
    await eachPage(
      (after) => userPage(tx, after),
      (rows) => builder.addUsers(rows, roles),
    );
    await eachPage(
      (after) => keyPage(tx, after),
      (rows) => builder.addKeys(rows),
    );
    builder.addPlatformKeys(await loadPlatformKeys(tx));
    return builder.build();
  });
}

const hex = (column: PgColumn) => sql<string>`encode(${column}, 'hex')`;
const hexOrNull = (column: PgColumn) => sql<string | null>`encode(${column}, 'hex')`;

const orgColumns = {
  id: organisations.id,
  slug: organisations.slug,
  status: organisations.status,
  allowedProviders: organisations.allowedProviders,
  restrictedProviders: organisations.restrictedProviders,
  defaultProvider: organisations.defaultProvider,
  dataResidency: organisations.dataResidency,
  storeContent: organisations.storeContent,
  version: sql<string>`${organisations}.xmin::text`,
};

async function loadMemberships(tx: Tx): Promise<Map<string, MembershipRow[]>> {
  const rows = await tx
    .select({
      userId: memberships.userId,
      teamId: memberships.teamId,
      teamName: teams.name,
      role: memberships.role,
    })
    .from(memberships)
    .leftJoin(teams, eq(teams.id, memberships.teamId))
    .orderBy(asc(memberships.id));
  const byUser = new Map<string, MembershipRow[]>();
  for (const row of rows) {
    const known = byUser.get(row.userId);
    if (known === undefined) byUser.set(row.userId, [row]);
    else known.push(row);
  }
  return byUser;
}

function userPage(tx: Tx, after: string | undefined): Promise<UserRow[]> {
  return tx
    .select({
      id: users.id,
      orgId: users.orgId,
      email: users.email,
      externalId: users.externalId,
      status: users.status,
      version: sql<string>`${users}.xmin::text`,
    })
    .from(users)
    .where(after === undefined ? undefined : gt(users.id, after))
    .orderBy(asc(users.id))
    .limit(PAGE_ROWS);
}

async function keyPage(tx: Tx, after: string | undefined): Promise<KeyRow[]> {
  const rows = await tx
    .select({
      id: virtualKeys.id,
      orgId: virtualKeys.orgId,
      teamId: virtualKeys.teamId,
      userId: virtualKeys.userId,
      kind: virtualKeys.kind,
      role: virtualKeys.role,
      hash: hex(virtualKeys.hash),
      previousHash: hexOrNull(virtualKeys.previousHash),
      previousExpiresAt: virtualKeys.previousExpiresAt,
      status: virtualKeys.status,
      expiresAt: virtualKeys.expiresAt,
      models: virtualKeys.models,
      ipRanges: virtualKeys.ipRanges,
      tags: virtualKeys.tags,
      version: sql<string>`${virtualKeys}.xmin::text`,
    })
    .from(virtualKeys)
    .where(after === undefined ? undefined : gt(virtualKeys.id, after))
    .orderBy(asc(virtualKeys.id))
    .limit(PAGE_ROWS);
  return rows.map(({ previousExpiresAt, expiresAt, ...row }) => ({
    ...row,
    previousExpiresAtMs: previousExpiresAt?.getTime() ?? null,
    expiresAtMs: expiresAt?.getTime() ?? null,
  }));
}

function loadPlatformKeys(tx: Tx) {
  return tx
    .select({ id: platformKeys.id, hash: hex(platformKeys.hash), status: platformKeys.status })
    .from(platformKeys);
}

async function eachPage<Row extends { readonly id: string }>(
  read: (after: string | undefined) => Promise<Row[]>,
  take: (rows: readonly Row[]) => void,
): Promise<void> {
  let after: string | undefined;
  for (;;) {
    const rows = await read(after);
    take(rows);
    after = rows.at(-1)?.id;
    if (rows.length < PAGE_ROWS || after === undefined) return;
  }
}
