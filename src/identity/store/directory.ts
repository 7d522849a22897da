import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../../storage/database.ts';
import type { Directory } from '../directory.ts';
import type { KeyRow, MembershipRow, OrgRow, PlatformKeyRow, TeamRow, UserRow } from '../principals.ts';
import { memberships, organisations, platformKeys, teams, users, virtualKeys } from '../schema.ts';
import { type MirrorSource, mirror, mirrorColumns } from './mirror.ts';

/** Brings a directory up to date; the first time, that is everything. One call at a time. */
export function directoryLoader(db: Database, directory: Directory): () => Promise<void> {
  const mirrors = {
    orgs: mirror(orgSource),
    teams: mirror(teamSource),
    users: mirror(userSource),
    memberships: mirror(membershipSource),
    keys: mirror(keySource),
    platformKeys: mirror(platformKeySource),
  };
  return async () => {
    const pulled = await db.load(async (tx) => {
      // What refers is read before what it refers to, so that a row created meanwhile has all it needs.
      const keys = await mirrors.keys.pull(tx);
      const roles = await mirrors.memberships.pull(tx);
      return {
        keys,
        memberships: roles,
        platformKeys: await mirrors.platformKeys.pull(tx),
        users: await mirrors.users.pull(tx),
        teams: await mirrors.teams.pull(tx),
        orgs: await mirrors.orgs.pull(tx),
      };
    });
    directory.apply({
      keys: pulled.keys.changes,
      memberships: pulled.memberships.changes,
      platformKeys: pulled.platformKeys.changes,
      users: pulled.users.changes,
      teams: pulled.teams.changes,
      orgs: pulled.orgs.changes,
    });
    for (const part of Object.values(pulled)) part.keep();
  };
}

const hex = (column: PgColumn): SQL<string> => sql<string>`encode(${column}, 'hex')`;
const hexOrNull = (column: PgColumn): SQL<string | null> => sql<string | null>`encode(${column}, 'hex')`;

const orgSource: MirrorSource<OrgRow> = {
  table: organisations,
  read: (tx, where) =>
    tx
      .select({
        ...mirrorColumns(organisations),
        id: organisations.id,
        slug: organisations.slug,
        status: organisations.status,
        allowedProviders: organisations.allowedProviders,
        restrictedProviders: organisations.restrictedProviders,
        defaultProvider: organisations.defaultProvider,
        dataResidency: organisations.dataResidency,
        storeContent: organisations.storeContent,
      })
      .from(organisations)
      .where(where),
};

const teamSource: MirrorSource<TeamRow> = {
  table: teams,
  read: (tx, where) =>
    tx
      .select({ ...mirrorColumns(teams), id: teams.id, name: teams.name })
      .from(teams)
      .where(where),
};

const userSource: MirrorSource<UserRow> = {
  table: users,
  read: (tx, where) =>
    tx
      .select({
        ...mirrorColumns(users),
        id: users.id,
        orgId: users.orgId,
        email: users.email,
        externalId: users.externalId,
        status: users.status,
      })
      .from(users)
      .where(where),
};

const membershipSource: MirrorSource<MembershipRow> = {
  table: memberships,
  read: (tx, where) =>
    tx
      .select({
        ...mirrorColumns(memberships),
        id: memberships.id,
        userId: memberships.userId,
        teamId: memberships.teamId,
        role: memberships.role,
      })
      .from(memberships)
      .where(where),
};

const keySource: MirrorSource<KeyRow> = {
  table: virtualKeys,
  read: async (tx, where) => {
    const rows = await tx
      .select({
        ...mirrorColumns(virtualKeys),
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
      })
      .from(virtualKeys)
      .where(where);
    return rows.map(({ previousExpiresAt, expiresAt, ...row }) => ({
      ...row,
      previousExpiresAtMs: previousExpiresAt?.getTime() ?? null,
      expiresAtMs: expiresAt?.getTime() ?? null,
    }));
  },
};

const platformKeySource: MirrorSource<PlatformKeyRow> = {
  table: platformKeys,
  read: (tx, where) =>
    tx
      .select({
        ...mirrorColumns(platformKeys),
        id: platformKeys.id,
        hash: hex(platformKeys.hash),
        status: platformKeys.status,
      })
      .from(platformKeys)
      .where(where),
};
