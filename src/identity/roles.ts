export const ROLES = ['platform', 'owner', 'admin', 'manager', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** How far a role reaches for an action: every row of the organisation, its own teams, its own person, nothing. */
export type Reach = 'all' | 'team' | 'self' | 'none';

/** Everything the admin API can do; the one place where roles get their rights. */
export const MATRIX = {
  'orgs.create': { platform: 'all', owner: 'none', admin: 'none', manager: 'none', member: 'none' },
  'policies.read': { platform: 'all', owner: 'all', admin: 'all', manager: 'all', member: 'none' },
  'prompts.list': { platform: 'all', owner: 'all', admin: 'all', manager: 'all', member: 'all' },
  'prompts.read': { platform: 'all', owner: 'all', admin: 'all', manager: 'all', member: 'all' },
  'prompts.write': { platform: 'all', owner: 'all', admin: 'all', manager: 'none', member: 'none' },
  'prompts.label': { platform: 'all', owner: 'all', admin: 'all', manager: 'none', member: 'none' },
} as const satisfies Record<string, Record<Role, Reach>>;

export type Action = keyof typeof MATRIX;
