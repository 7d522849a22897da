export const ROLES = ['platform', 'owner', 'admin', 'manager', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** How far a role reaches for an action: every row of the organisation, its own teams, its own person, nothing. */
export type Reach = 'all' | 'team' | 'self' | 'none';

type Row = Readonly<Record<Role, Reach>>;

/** Operators of the gateway reach everything; the columns are owner, admin, manager, member. */
const row = (owner: Reach, admin: Reach, manager: Reach, member: Reach): Row => ({
  platform: 'all',
  owner,
  admin,
  manager,
  member,
});

/**
 * Everything the admin API can do; the one place where roles get their rights. `team` includes what is the
 * caller's own, since a manager is a person too.
 */
export const MATRIX = {
  'me.read': row('self', 'self', 'self', 'self'),
  'orgs.create': row('none', 'none', 'none', 'none'),
  'orgs.list': row('none', 'none', 'none', 'none'),
  'orgs.read': row('all', 'all', 'none', 'none'),
  'orgs.update': row('all', 'all', 'none', 'none'),
  'orgs.delete': row('all', 'none', 'none', 'none'),
  'orgs.billing': row('all', 'none', 'none', 'none'),
  'teams.create': row('all', 'all', 'none', 'none'),
  'teams.list': row('all', 'all', 'team', 'none'),
  'teams.read': row('all', 'all', 'team', 'none'),
  'teams.update': row('all', 'all', 'none', 'none'),
  'teams.delete': row('all', 'all', 'none', 'none'),
  'users.create': row('all', 'all', 'none', 'none'),
  'users.list': row('all', 'all', 'team', 'none'),
  'users.read': row('all', 'all', 'team', 'self'),
  'users.update': row('all', 'all', 'none', 'none'),
  'users.block': row('all', 'all', 'none', 'none'),
  'users.delete': row('all', 'all', 'none', 'none'),
  'memberships.set': row('all', 'all', 'none', 'none'),
  'memberships.remove': row('all', 'all', 'none', 'none'),
  'keys.create': row('all', 'all', 'none', 'none'),
  'keys.list': row('all', 'all', 'team', 'self'),
  'keys.read': row('all', 'all', 'team', 'self'),
  'keys.update': row('all', 'all', 'none', 'none'),
  'keys.rotate': row('all', 'all', 'none', 'none'),
  'keys.block': row('all', 'all', 'none', 'none'),
  'keys.unblock': row('all', 'all', 'none', 'none'),
  'keys.revoke': row('all', 'all', 'none', 'none'),
  'prompts.list': row('all', 'all', 'all', 'all'),
  'prompts.read': row('all', 'all', 'all', 'none'),
  'prompts.write': row('all', 'all', 'none', 'none'),
  'prompts.label': row('all', 'all', 'none', 'none'),
  'policies.read': row('all', 'all', 'all', 'none'),
  'redaction.try': row('all', 'all', 'all', 'all'),
  'budgets.list': row('all', 'all', 'team', 'none'),
  'budgets.read': row('all', 'all', 'team', 'none'),
  'budgets.write': row('all', 'all', 'none', 'none'),
  'budgets.delete': row('all', 'all', 'none', 'none'),
  'models.read': row('none', 'none', 'none', 'none'),
  'provider_keys.list': row('all', 'all', 'none', 'none'),
  'provider_keys.write': row('all', 'all', 'none', 'none'),
  'prices.read': row('all', 'all', 'all', 'none'),
  'usage.read': row('all', 'all', 'team', 'self'),
  'audit.read': row('all', 'all', 'none', 'none'),
} as const satisfies Record<string, Row>;

export type Action = keyof typeof MATRIX;

export const ACTIONS = Object.keys(MATRIX) as readonly Action[];

const RANK: Readonly<Record<Role, number>> = { platform: 4, owner: 3, admin: 2, manager: 1, member: 0 };

/** May somebody of role `holder` give out, or take away, the role `other`? Nobody may touch a role above their own. */
export function outranks(other: Role, holder: Role): boolean {
  return RANK[other] > RANK[holder];
}
