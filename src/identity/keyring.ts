import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import type { Database } from '../storage/database.ts';
import { inRanges } from './addresses.ts';
import { type Directory, type HeldKey, newDirectory } from './directory.ts';
import { hashKey, keyKind } from './key.ts';
import type { Principal } from './principal.ts';
import { type Person, personPrincipal, platformPrincipal } from './principals.ts';
import { directoryLoader } from './store/directory.ts';

/** What a verified token says of its bearer. */
export interface TokenSubject {
  /** Slug or id. */
  readonly org: string;
  readonly subject: string;
  readonly email: string | undefined;
  /** Name or id. */
  readonly team: string | undefined;
}

/** The keys and people of all organisations, judged in memory; nothing here waits. */
export interface Keyring {
  /** @throws Fault `invalid_api_key` or `ip_not_allowed`; why exactly only to a holder of the right key. */
  byKey(credential: string, remoteAddress: string): Principal;
  /** @throws Fault `invalid_api_key` when the person is unknown, blocked, or not in that team. */
  byToken(subject: TokenSubject): Principal;
  /** Reads what changed; for `changes.watch` and after a change of our own. Calls that overlap share a run. */
  reload(): Promise<void>;
}

export interface KeyringDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** The operator's key from the configuration (SLUICE_ADMIN_KEY), in any form. */
  readonly adminKey?: string | undefined;
}

/** An empty keyring: call `reload` (or hand it to `changes.watch`) before the first request. */
export function openKeyring(deps: KeyringDeps): Keyring {
  const directory = newDirectory();
  const operator =
    deps.adminKey === undefined
      ? undefined
      : { hash: hashKey(deps.adminKey), principal: platformPrincipal('config') };
  return {
    byKey(credential, remoteAddress) {
      const hash = hashKey(credential);
      const held = directory.key(hash);
      if (held !== undefined) return admitKey(held, hash, remoteAddress, deps.clock.now());
      if (hash === operator?.hash) return operator.principal;
      const platformKey = directory.platformKey(hash);
      if (platformKey?.row.status === 'active') return platformKey.principal;
      if (platformKey !== undefined) throw refused('This key has been revoked. Use another one.');
      throw unknownKey(credential);
    },
    byToken: (subject) => admitPerson(directory, subject),
    reload: coalesced(directoryLoader(deps.db, directory)),
  };
}

function refused(message: string): Fault {
  return new Fault('invalid_api_key', message);
}

/** One answer for every key that is not there; form and checksum anybody can verify for themselves. */
function unknownKey(credential: string): Fault {
  return keyKind(credential) === undefined
    ? refused('The key is malformed: it is cut off, mistyped or not a key of this gateway.')
    : refused('The key is not known here. Check that it belongs to this gateway, or ask for a new one.');
}

function admitKey(held: HeldKey, hash: string, remoteAddress: string, nowMs: number): Principal {
  const { row } = held;
  if (row.status === 'revoked') throw refused('This key has been revoked. Ask for a new one.');
  if (row.status === 'blocked') {
    throw refused('This key is blocked. Ask an admin of your organisation to unblock it.');
  }
  if (row.expiresAtMs !== null && nowMs >= row.expiresAtMs) {
    throw refused(`This key expired at ${new Date(row.expiresAtMs).toISOString()}. Ask for a new one.`);
  }
  if (hash !== row.hash && nowMs >= (row.previousExpiresAtMs ?? 0)) {
    throw refused(
      'This key was rotated and its grace period is over. Use the key that the rotation gave out.',
    );
  }
  admitOrg(held.org.status);
  if (held.person !== null) admitUser(held.person);
  if (held.ranges !== null && !inRanges(remoteAddress, held.ranges)) {
    throw new Fault(
      'ip_not_allowed',
      `This key may not be used from ${remoteAddress}. Ask an admin to widen its ip_ranges.`,
    );
  }
  return held.principal;
}

function admitOrg(status: 'active' | 'suspended' | 'deleted'): void {
  if (status === 'active') return;
  throw refused(`The organisation of this credential is ${status}. Ask the operators of the gateway.`);
}

function admitUser(person: Person): void {
  if (person.row.status === 'active') return;
  throw refused(`The user of this credential is ${person.row.status}. Ask an admin of your organisation.`);
}

function admitPerson(directory: Directory, subject: TokenSubject): Principal {
  const org = directory.org(subject.org);
  if (org === undefined) throw refused('The organisation that the token names is not known here.');
  admitOrg(org.status);
  const person = findPerson(directory, org.id, subject);
  if (person === undefined) {
    throw refused(
      'The user that the token names is not a user of this organisation. Ask an admin to add it.',
    );
  }
  admitUser(person);
  return personPrincipal(person, teamOf(directory, person, subject.team));
}

/** By subject; by e-mail only where no other subject is bound to that user, lest an address be taken over. */
function findPerson(
  directory: Directory,
  orgId: string,
  { subject, email }: TokenSubject,
): Person | undefined {
  const bySubject = directory.personBySubject(orgId, subject);
  if (bySubject !== undefined || email === undefined) return bySubject;
  const byEmail = directory.personByEmail(orgId, email.toLowerCase());
  return byEmail?.row.externalId === null ? byEmail : undefined;
}

/** The team named; else the only one there is, so that leaving the claim out does not evade its budgets. */
function teamOf(directory: Directory, person: Person, named: string | undefined): string | null {
  const { teams } = person.standing;
  if (named === undefined) return teams.length === 1 ? (teams[0] ?? null) : null;
  const team = teams.find((id) => id === named || directory.teamName(id) === named);
  if (team === undefined) throw refused('The user is not a member of the team that the token names.');
  return team;
}

/** At most one run at a time; a call during a run gets one that begins after it, shared with all others. */
function coalesced(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running
      // its own caller is told; this one's run begins anew
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
