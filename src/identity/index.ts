export type { HasPrincipal, OrgSettings, Principal } from './principal.ts';
export { type Action, MATRIX, type Reach, ROLES, type Role } from './roles.ts';
