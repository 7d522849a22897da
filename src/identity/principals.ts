/** What rows make of a caller. Pure; `directory.ts` decides when it has to be made anew. */
import type { OrgSettings, Principal } from './principal.ts';
import type { Role } from './roles.ts';

/** `version` changes with every update of a row (Postgres' `xmin`). */
interface Versioned {
  readonly id: string;
  readonly version: string;
}

export interface OrgRow extends Versioned, OrgSettings {
  readonly slug: string;
  readonly status: 'active' | 'suspended' | 'deleted';
}

export interface TeamRow extends Versioned {
  readonly name: string;
}

export interface UserRow extends Versioned {
  readonly orgId: string;
  readonly email: string;
  readonly externalId: string | null;
  readonly status: 'active' | 'blocked' | 'deleted';
}

export interface MembershipRow extends Versioned {
  readonly userId: string;
  readonly teamId: string | null;
  readonly role: Exclude<Role, 'platform'>;
}

export interface KeyRow extends Versioned {
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
}

export interface PlatformKeyRow extends Versioned {
  readonly hash: string;
  readonly status: 'active' | 'revoked';
}

/** What memberships add up to. */
export interface Standing {
  readonly role: Exclude<Role, 'platform'>;
  readonly managedTeams: readonly string[];
  readonly teams: readonly string[];
}

/** A person with the organisation and the roles it has there. */
export interface Person {
  readonly row: UserRow;
  readonly org: OrgRow;
  readonly standing: Standing;
  /** Principals of this person's tokens, by team id ('' = none); filled as they are first asked for. */
  readonly principals: Map<string, Principal>;
}

/**
 * The role in the organisation is the membership without team, else member; whoever manages a team is at
 * least a manager.
 */
export function standingOf(memberships: Iterable<MembershipRow>): Standing {
  let role: Standing['role'] = 'member';
  const managedTeams: string[] = [];
  const teams: string[] = [];
  for (const membership of memberships) {
    if (membership.teamId === null) {
      role = membership.role;
      continue;
    }
    teams.push(membership.teamId);
    if (membership.role === 'manager') managedTeams.push(membership.teamId);
  }
  if (role === 'member' && managedTeams.length > 0) role = 'manager';
  return { role, managedTeams, teams };
}

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

/** A key stands for its user with that user's roles, else for itself with its own. */
export function keyPrincipal(row: KeyRow, org: OrgRow, person: Person | null): Principal {
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
