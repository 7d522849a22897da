import { Fault } from '../core/fault.ts';
import type { Principal } from './principal.ts';
import { type Action, MATRIX, type Reach } from './roles.ts';

/** What a call is about, where it is about one team's or one person's things. */
export interface Target {
  readonly teamId?: string | null;
  readonly userId?: string | null;
}

/**
 * Decides by MATRIX whether the principal may do this in that organisation, and how far it reaches. Without a
 * target the caller narrows its rows by the reach it gets back.
 *
 * @throws Fault `not_found` for another organisation's id, so that its existence is never confirmed;
 *   `permission_denied` where the role does not reach.
 */
export function authorize(principal: Principal, action: Action, orgId: string, target?: Target): Reach {
  if (principal.role !== 'platform' && principal.orgId !== orgId) throw noSuchOrganisation();
  const reach = MATRIX[action][principal.role];
  if (reach === 'none') {
    throw new Fault(
      'permission_denied',
      `The role ${principal.role} does not allow ${action}. Ask an owner or admin of the organisation.`,
    );
  }
  if (target !== undefined && !reaches(principal, reach, target)) {
    throw new Fault(
      'permission_denied',
      `The role ${principal.role} allows ${action} only for ${reach === 'team' ? 'the teams it manages' : 'itself'}.`,
    );
  }
  return reach;
}

/** Does this reach cover a row that belongs to this team or this person? */
export function reaches(principal: Principal, reach: Reach, target: Target): boolean {
  if (reach === 'all') return true;
  if (reach === 'none') return false;
  if (principal.userId !== null && principal.userId === target.userId) return true;
  return (
    reach === 'team' && typeof target.teamId === 'string' && principal.managedTeams.includes(target.teamId)
  );
}

/** One text for organisations that do not exist and those that are not the caller's. */
export function noSuchOrganisation(): Fault {
  return new Fault('not_found', 'There is no such organisation for this caller.', { param: 'orgId' });
}
