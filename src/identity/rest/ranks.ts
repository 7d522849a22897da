/** Nobody gives, takes or borrows a right above their own, and an organisation never loses its last owner. */
import { Fault } from '../../core/fault.ts';
import type { Tx } from '../../storage/database.ts';
import type { Principal } from '../principal.ts';
import { outranks, type Role } from '../roles.ts';
import type { Key } from '../store/keys.ts';
import { type Membership, otherActiveOwners, type UserWithRoles } from '../store/users.ts';

/** The role in the organisation as such, teams aside. */
export function orgRoleOf(memberships: readonly Membership[]): 'owner' | 'admin' | 'member' {
  const role = memberships.find(({ teamId }) => teamId === null)?.role;
  return role === 'owner' || role === 'admin' ? role : 'member';
}

/** @throws Fault `permission_denied` for a role above the principal's own. */
export function mayGrant(principal: Principal, role: Role): void {
  if (!outranks(role, principal.role)) return;
  throw new Fault(
    'permission_denied',
    `The role ${principal.role} may not give out the role ${role}; an ${role} can.`,
    { param: 'role' },
  );
}

/** @throws Fault `permission_denied` for a person who stands above the principal. */
export function mayTouch(principal: Principal, { memberships }: UserWithRoles): void {
  const role = orgRoleOf(memberships);
  if (!outranks(role, principal.role)) return;
  throw new Fault('permission_denied', `The role ${principal.role} may not change an ${role}.`, {
    param: 'userId',
  });
}

/**
 * Whoever sees a key, or keeps it alive, can act with it. An admin key of a person acts as that person, now and
 * after a promotion: only that person, an owner or an operator may have it in hand. One of its own standing
 * may not carry a role above the principal's.
 *
 * @throws Fault `permission_denied`
 */
export function mayHold(principal: Principal, key: Pick<Key, 'kind' | 'userId' | 'role'>): void {
  if (key.kind === 'inference' || principal.role === 'owner' || principal.role === 'platform') return;
  if (key.userId === null) {
    mayGrant(principal, key.role);
  } else if (key.userId !== principal.userId) {
    throw new Fault(
      'permission_denied',
      'An admin key acts as its user: only that user or an owner may create, change or rotate it.',
      { param: 'user_id' },
    );
  }
}

/** @throws Fault `conflict` when nobody else who is active is an owner. Hold `lockPeople` while asking. */
export async function keepAnOwner(
  tx: Tx,
  orgId: string,
  { user, memberships }: UserWithRoles,
): Promise<void> {
  if (orgRoleOf(memberships) !== 'owner' || user.status !== 'active') return;
  if ((await otherActiveOwners(tx, orgId, user.id)) > 0) return;
  throw new Fault(
    'conflict',
    'This is the last active owner of the organisation. Make somebody else an owner first.',
    { param: 'userId' },
  );
}
