/**
 * Everybody who may call, as one immutable value in memory. Rows become entries here; an entry whose rows did
 * not change is the very object of the snapshot before, so that a principal can be a cache key.
 */
import { type AddressRange, parseRange } from './addresses.ts';
import type { OrgSettings, Principal } from './principal.ts';
import type { Role } from './roles.ts';

export interface OrgRow extends OrgSettings {
  readonly id: string;
  readonly slug: string;
  readonly status: 'active' | 'suspended' | 'deleted';
  /** Changes with every update of the row (Postgres' `xmin`). */
  readonly version: string;
}

export interface MembershipRow {
  readonly userId: string;
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly role: Exclude<Role, 'platform'>;
}

export interface UserRow {
  readonly id: string;
  readonly orgId: string;
  readonly email: string;
  readonly externalId: string | null;
  readonly status: 'active' | 'blocked' | 'deleted';
  readonly version: string;
}

export interface KeyRow {
  readonly id: string;
  readonly orgId: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly kind: 'inference' | 'admin';
  readonly role: Exclude<Role, 'platform'>;
  /** SHA-256, hex. */
  readonly hash: string;
  readonly previousHash: string | null;
  readonly previousExpiresAtMs: number | null;
  readonly status: 'active' | 'blocked' | 'revoked';
  readonly expiresAtMs: number | null;
  readonly models: readonly string[] | null;
  readonly ipRanges: readonly string[] | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly version: string;
}

export interface PlatformKeyRow {
  readonly id: string;
  readonly hash: string;
  readonly status: 'active' | 'revoked';
}

/** A person and what the memberships make of it. */
export interface Person {
  readonly row: UserRow;
  readonly org: OrgRow;
  readonly standing: Standing;
  /** Principals of this person's tokens, by team id ('' = none); filled as they are first asked for. */
  readonly principals: Map<string, Principal>;
}

/** What memberships add up to. */
export interface Standing {
  readonly role: Exclude<Role, 'platform'>;
  readonly managedTeams: readonly string[];
  readonly teams: readonly { readonly id: string; readonly name: string }[];
  /** Equal for equal memberships. */
  readonly fingerprint: string;
}

/** A virtual key, ready to be judged at use. */
export interface HeldKey {
  readonly row: KeyRow;
  readonly org: OrgRow;
  readonly person: Person | null;
  readonly ranges: readonly AddressRange[] | null;
  readonly principal: Principal;
}

export interface HeldPlatformKey {
  readonly row: PlatformKeyRow;
  readonly principal: Principal;
}

export interface Snapshot {
  /** By current and by previous hash; which of the two it was, `row.hash` tells. */
  readonly keys: ReadonlyMap<string, HeldKey>;
  readonly platformKeys: ReadonlyMap<string, HeldPlatformKey>;
  /** By id and by slug. */
  readonly orgs: ReadonlyMap<string, OrgRow>;
  /** By `<org id> <email>`. */
  readonly byEmail: ReadonlyMap<string, Person>;
  /** By `<org id> <external id>`. */
  readonly bySubject: ReadonlyMap<string, Person>;
}

export const EMPTY_SNAPSHOT: Snapshot = {
  keys: new Map(),
  platformKeys: new Map(),
  orgs: new Map(),
  byEmail: new Map(),
  bySubject: new Map(),
};

const NO_ORG_SETTINGS: OrgSettings = {
  allowedProviders: null,
  restrictedProviders: [],
  defaultProvider: null,
  dataResidency: null,
  storeContent: false,
};

/** An operator of the gateway: above organisations, and not a caller of models. */
export function platformPrincipal(id: string): Principal {
  return {
    kind: 'platform',
    actor: `platform/${id}`,
    orgId: '',
    orgSlug: '',
    teamId: null,
    userId: null,
    keyId: null,
    email: null,
    role: 'platform',
    managedTeams: [],
    uses: { inference: false, admin: true },
    models: null,
    tags: {},
    org: NO_ORG_SETTINGS,
  };
}

/**
 * The role in the organisation is the membership without team, else member; whoever manages a team is at
 * least a manager.
 */
export function standingOf(memberships: readonly MembershipRow[]): Standing {
  const inOrg = memberships.find((membership) => membership.teamId === null)?.role ?? 'member';
  const managedTeams: string[] = [];
  const teams: { id: string; name: string }[] = [];
  for (const { teamId, teamName, role } of memberships) {
    if (teamId === null) continue;
    teams.push({ id: teamId, name: teamName ?? '' });
    if (role === 'manager') managedTeams.push(teamId);
  }
  const role = inOrg === 'member' && managedTeams.length > 0 ? 'manager' : inOrg;
  return { role, managedTeams, teams, fingerprint: JSON.stringify([role, managedTeams, teams]) };
}

/** The principal of a person's token that names (or implies) this team; the same object every time. */
export function personPrincipal(person: Person, teamId: string | null): Principal {
  const known = person.principals.get(teamId ?? '');
  if (known !== undefined) return known;
  const principal: Principal = {
    kind: 'jwt',
    actor: `user/${person.row.id}`,
    orgId: person.org.id,
    orgSlug: person.org.slug,
    teamId,
    userId: person.row.id,
    keyId: null,
    email: person.row.email,
    role: person.standing.role,
    managedTeams: person.standing.managedTeams,
    uses: { inference: true, admin: true },
    models: null,
    tags: {},
    org: person.org,
  };
  person.principals.set(teamId ?? '', principal);
  return principal;
}

function keyPrincipal(row: KeyRow, org: OrgRow, person: Person | null): Principal {
  const ownTeams = row.role === 'manager' && row.teamId !== null ? [row.teamId] : [];
  return {
    kind: 'key',
    actor: `key/${row.id}`,
    orgId: org.id,
    orgSlug: org.slug,
    teamId: row.teamId,
    userId: row.userId,
    keyId: row.id,
    email: person?.row.email ?? null,
    role: person?.standing.role ?? row.role,
    managedTeams: person?.standing.managedTeams ?? ownTeams,
    uses: { inference: true, admin: row.kind === 'admin' },
    models: row.models,
    tags: row.tags,
    org,
  };
}

/** Takes rows in any number of pages, organisations before people before keys. */
export interface SnapshotBuilder {
  addOrgs(rows: readonly OrgRow[]): void;
  addUsers(rows: readonly UserRow[], memberships: ReadonlyMap<string, MembershipRow[]>): void;
  addKeys(rows: readonly KeyRow[]): void;
  addPlatformKeys(rows: readonly PlatformKeyRow[]): void;
  build(): Snapshot;
}

export function snapshotBuilder(before: Snapshot): SnapshotBuilder {
  const keys = new Map<string, HeldKey>();
  const platformKeys = new Map<string, HeldPlatformKey>();
  const orgs = new Map<string, OrgRow>();
  const people = new Map<string, Person>();
  const byEmail = new Map<string, Person>();
  const bySubject = new Map<string, Person>();
  return {
    addOrgs(rows) {
      for (const row of rows) {
        const old = before.orgs.get(row.id);
        const kept = old?.version === row.version ? old : row;
        orgs.set(row.id, kept);
        orgs.set(row.slug, kept);
      }
    },
    addUsers(rows, memberships) {
      for (const row of rows) {
        const org = orgs.get(row.orgId);
        if (org === undefined) continue;
        const person = keptPerson(before, row, org, standingOf(memberships.get(row.id) ?? []));
        people.set(row.id, person);
        byEmail.set(`${row.orgId} ${row.email}`, person);
        if (row.externalId !== null) bySubject.set(`${row.orgId} ${row.externalId}`, person);
      }
    },
    addKeys(rows) {
      for (const row of rows) {
        const org = orgs.get(row.orgId);
        const person = row.userId === null ? null : people.get(row.userId);
        if (org === undefined || person === undefined) continue;
        const held = keptKey(before, row, org, person);
        keys.set(row.hash, held);
        if (row.previousHash !== null) keys.set(row.previousHash, held);
      }
    },
    addPlatformKeys(rows) {
      for (const row of rows) {
        const principal = before.platformKeys.get(row.hash)?.principal ?? platformPrincipal(row.id);
        platformKeys.set(row.hash, { row, principal });
      }
    },
    build: () => ({ keys, platformKeys, orgs, byEmail, bySubject }),
  };
}

function keptPerson(before: Snapshot, row: UserRow, org: OrgRow, standing: Standing): Person {
  const old = before.byEmail.get(`${row.orgId} ${row.email}`);
  const same =
    old?.row.id === row.id &&
    old.row.version === row.version &&
    old.org === org &&
    old.standing.fingerprint === standing.fingerprint;
  return same ? old : { row, org, standing, principals: new Map() };
}

function keptKey(before: Snapshot, row: KeyRow, org: OrgRow, person: Person | null): HeldKey {
  const old = before.keys.get(row.hash);
  if (old?.row.version === row.version && old.org === org && old.person === person) return old;
  // A range that cannot be read admits nobody: the admin API refuses such ranges, so somebody wrote it by hand.
  const ranges = row.ipRanges?.map(parseRange).filter((range) => range !== undefined) ?? null;
  return { row, org, person, ranges, principal: keyPrincipal(row, org, person) };
}
