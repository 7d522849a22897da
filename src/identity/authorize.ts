import { Fault } from '../core/fault.ts';
import type { Principal } from './principal.ts';
import { type Action, MATRIX, type Reach } from './roles.ts';

/** Whose things a call is about, where they are one team's or one person's. */
export interface Whose {
  readonly teamId?: string | null;
  readonly userId?: string | null;
}

/**
 * Decides by MATRIX whether the principal may do this in that organisation, and how far it reaches. Without
 * `whose` the caller narrows its rows by the reach it gets back.
 *
 * @throws Fault `not_found` for another organisation's id, so that its existence is never confirmed;
 *   `permission_denied` where the role does not reach.
 */
export function authorize(principal: Principal, action: Action, orgId: string, whose?: Whose): Reach {
  if (principal.role !== 'platform' && principal.orgId !== orgId) throw noSuchOrganisation();
  const reach = MATRIX[action][principal.role];
  if (reach === 'none') {
    throw new Fault(
      'permission_denied',
      `The role ${principal.role} does not allow ${action}. ${whoMay(action)}`,
    );
  }
  if (whose !== undefined && !reaches(principal, reach, whose)) {
    throw new Fault(
      'permission_denied',
      `The role ${principal.role} allows ${action} only for ${reach === 'team' ? 'the teams it manages' : 'itself'}.`,
    );
  }
  return reach;
}

function whoMay(action: Action): string {
  const may = (['owner', 'admin', 'manager'] as const).filter((role) => MATRIX[action][role] !== 'none');
  return may.length === 0
    ? 'Only operators of the gateway may.'
    : `Ask an ${new Intl.ListFormat('en', { type: 'disjunction' }).format(may)} of the organisation.`;
}

/** Does this reach cover a row that belongs to this team or this person? */
export function reaches(principal: Principal, reach: Reach, whose: Whose): boolean {
  if (reach === 'all') return true;
  if (reach === 'none') return false;
  if (principal.userId !== null && principal.userId === whose.userId) return true;
  return (
    reach === 'team' && typeof whose.teamId === 'string' && principal.managedTeams.includes(whose.teamId)
  );
}

/** One text for organisations that do not exist and those that are not the caller's. */
export function noSuchOrganisation(): Fault {
  return new Fault('not_found', 'There is no such organisation for this caller.', { param: 'orgId' });
}
