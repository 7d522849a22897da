export const ROLES = ['platform', 'owner', 'admin', 'manager', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** How far a role reaches for an action: every row of the organisation, its own teams, its own person, nothing. */
export type Reach = 'all' | 'team' | 'self' | 'none';

/** Everything the admin API can do; the one place where roles get their rights. */
export const MATRIX = {
  'orgs.create': { platform: 'all', owner: 'none', admin: 'none', manager: 'none', member: 'none' },
  'audit.read': { platform: 'all', owner: 'all', admin: 'all', manager: 'none', member: 'none' },
  'usage.read': { platform: 'all', owner: 'all', admin: 'all', manager: 'team', member: 'self' },
} as const satisfies Record<string, Record<Role, Reach>>;

export type Action = keyof typeof MATRIX;
