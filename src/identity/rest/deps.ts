import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/fault.ts';
import { type RandomBytes, uuidv7 } from '../../core/ids.ts';
import type { Database } from '../../storage/database.ts';
import type { Principal } from '../principal.ts';
import type { Reach } from '../roles.ts';
import type { UsersWithin } from '../store/users.ts';

export interface RestDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

export function newId({ clock, random }: RestDeps): string {
  return uuidv7(clock.now(), random);
}

/** Whom a list may show under this reach; undefined = everybody. */
export function within(principal: Principal, reach: Reach): UsersWithin | undefined {
  if (reach === 'all') return undefined;
  return { teamIds: reach === 'team' ? principal.managedTeams : [], userId: principal.userId };
}

/** The row, or the `not_found` that other organisations' ids get as well. */
export function found<Row>(row: Row | undefined, kind: string, param: string): Row {
  if (row !== undefined) return row;
  throw new Fault('not_found', `There is no such ${kind} in this organisation.`, { param });
}

/** The fields that a body names, for the audit trail. */
export function named(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Without the members that were not sent, so that an update leaves those columns alone. */
export function sent<Patch extends object>(
  patch: Patch,
): { [K in keyof Patch]?: Exclude<Patch[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof Patch]?: Exclude<Patch[K], undefined>;
  };
}
