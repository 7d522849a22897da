import type { Principal } from './principal.ts';

/** Whose requests limits and budgets count together. */
export const SUBJECT_KINDS = ['org', 'team', 'user', 'key'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** The id of the organisation, team, user or key that the principal stands for; null where it stands for none. */
export function subjectIdOf(principal: Principal, kind: SubjectKind): string | null {
  switch (kind) {
    case 'org':
      return principal.orgId;
    case 'team':
      return principal.teamId;
    case 'user':
      return principal.userId;
    case 'key':
      return principal.keyId;
  }
}
