/**
 * Everybody who may call, in memory. Changes are applied in one turn of the event loop, so a request sees all
 * of a reload or nothing of it. Principals are made when first asked for and stay the same object until one
 * of their rows changes, so that they can be cache keys; a change costs what changed, not what there is.
 */
import { type AddressRange, parseRange } from './addresses.ts';
import type { Principal } from './principal.ts';
import {
  type KeyRow,
  keyPrincipal,
  type MembershipRow,
  type OrgRow,
  type Person,
  type PlatformKeyRow,
  platformPrincipal,
  standingOf,
  type TeamRow,
  type UserRow,
} from './principals.ts';

/** Rows that went and rows that came; an update is both. */
export interface RowChanges<Row> {
  readonly gone: readonly Row[];
  readonly come: readonly Row[];
}

export interface DirectoryChanges {
  readonly orgs: RowChanges<OrgRow>;
  readonly teams: RowChanges<TeamRow>;
  readonly users: RowChanges<UserRow>;
  readonly memberships: RowChanges<MembershipRow>;
  readonly keys: RowChanges<KeyRow>;
  readonly platformKeys: RowChanges<PlatformKeyRow>;
}

/** A virtual key with everything it stands for, ready to be judged. */
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

export interface Directory {
  apply(changes: DirectoryChanges): void;
  /** @param hash SHA-256 in hex, of the current key or of the one before a rotation; `row.hash` tells which. */
  key(hash: string): HeldKey | undefined;
  platformKey(hash: string): HeldPlatformKey | undefined;
  /** By id or slug. */
  org(reference: string): OrgRow | undefined;
  personByEmail(orgId: string, email: string): Person | undefined;
  personBySubject(orgId: string, subject: string): Person | undefined;
  /** Undefined for a team that is not there any more. */
  teamName(teamId: string): string | undefined;
}

export function newDirectory(): Directory {
  const orgs = new Map<string, OrgRow>();
  const teams = new Map<string, TeamRow>();
  const users = new Map<string, UserRow>();
  const userIds = new Map<string, string>();
  const roles = new Map<string, Map<string, MembershipRow>>();
  const keyRows = new Map<string, KeyRow>();
  const platformKeys = new Map<string, HeldPlatformKey>();
  /** Made from the rows above when first asked for. */
  const people = new Map<string, Person>();
  const heldKeys = new Map<string, HeldKey>();

  const person = (userId: string): Person | undefined => {
    const row = users.get(userId);
    const org = row && orgs.get(row.orgId);
    if (row === undefined || org === undefined) return undefined;
    const known = people.get(userId);
    if (known?.org === org) return known;
    const standing = standingOf(roles.get(userId)?.values() ?? []);
    const made: Person = { row, org, standing, principals: new Map() };
    people.set(userId, made);
    return made;
  };

  const key = (hash: string): HeldKey | undefined => {
    const row = keyRows.get(hash);
    const org = row && orgs.get(row.orgId);
    const bearer = row?.userId == null ? null : person(row.userId);
    if (row === undefined || org === undefined || bearer === undefined) return undefined;
    const known = heldKeys.get(row.id);
    if (known?.org === org && known.person === bearer) return known;
    const ranges = known?.ranges ?? readRanges(row.ipRanges);
    const made = { row, org, person: bearer, ranges, principal: keyPrincipal(row, org, bearer) };
    heldKeys.set(row.id, made);
    return made;
  };

  const apply = (changes: DirectoryChanges): void => {
    exchange(changes.orgs, orgs, (row) => [row.id, row.slug]);
    exchange(changes.teams, teams, (row) => [row.id]);
    exchange(changes.users, users, (row) => [row.id]);
    for (const row of changes.users.gone) {
      people.delete(row.id);
      for (const name of namesOf(row)) if (userIds.get(name) === row.id) userIds.delete(name);
    }
    for (const row of changes.users.come) for (const name of namesOf(row)) userIds.set(name, row.id);
    for (const { id, userId } of changes.memberships.gone) {
      people.delete(userId);
      const left = roles.get(userId);
      left?.delete(id);
      if (left?.size === 0) roles.delete(userId);
    }
    for (const row of changes.memberships.come) {
      people.delete(row.userId);
      const known = roles.get(row.userId);
      if (known === undefined) roles.set(row.userId, new Map([[row.id, row]]));
      else known.set(row.id, row);
    }
    for (const row of changes.keys.gone) heldKeys.delete(row.id);
    exchange(changes.keys, keyRows, hashesOf);
    for (const row of changes.platformKeys.gone) platformKeys.delete(row.hash);
    for (const row of changes.platformKeys.come) {
      platformKeys.set(row.hash, { row, principal: platformPrincipal(row.id) });
    }
  };

  const personNamed = (name: string): Person | undefined => {
    const userId = userIds.get(name);
    return userId === undefined ? undefined : person(userId);
  };

  return {
    apply,
    key,
    platformKey: (hash) => platformKeys.get(hash),
    org: (reference) => orgs.get(reference),
    personByEmail: (orgId, email) => personNamed(emailName(orgId, email)),
    personBySubject: (orgId, subject) => personNamed(subjectName(orgId, subject)),
    teamName: (teamId) => teams.get(teamId)?.name,
  };
}

/**
 * What went leaves before what came arrives, since both may have the same names; and it leaves only names that
 * are still its own, since rows are read one after the other and an heir may have been seen earlier.
 */
function exchange<Row extends { readonly id: string }>(
  changes: RowChanges<Row>,
  into: Map<string, Row>,
  names: (row: Row) => readonly string[],
): void {
  for (const row of changes.gone) {
    for (const name of names(row)) if (into.get(name)?.id === row.id) into.delete(name);
  }
  for (const row of changes.come) for (const name of names(row)) into.set(name, row);
}

function hashesOf(row: KeyRow): string[] {
  return row.previousHash === null ? [row.hash] : [row.hash, row.previousHash];
}

function namesOf(row: UserRow): string[] {
  const names = [emailName(row.orgId, row.email)];
  if (row.externalId !== null) names.push(subjectName(row.orgId, row.externalId));
  return names;
}

const emailName = (orgId: string, email: string): string => `${orgId} email ${email}`;
const subjectName = (orgId: string, subject: string): string => `${orgId} subject ${subject}`;

/** A range that cannot be read admits nobody: the admin API refuses such ranges, so somebody wrote it by hand. */
function readRanges(texts: readonly string[] | null): readonly AddressRange[] | null {
  return texts?.map(parseRange).filter((range) => range !== undefined) ?? null;
}
