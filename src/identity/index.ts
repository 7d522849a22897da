export { type Authenticator, authenticator } from './authenticator.ts';
export { authorize, noSuchOrganisation, reaches, type Whose } from './authorize.ts';
export { openTokenVerifier } from './jwt.ts';
export { type Keyring, openKeyring } from './keyring.ts';
export type { HasPrincipal, Principal } from './principal.ts';
export { ACTIONS, type Action, MATRIX, type Reach, ROLES } from './roles.ts';
export { ensureDemo } from './setup.ts';
export { findOrgId, orgSlug, readOrg } from './store/orgs.ts';
export { SUBJECT_KINDS, type SubjectKind, subjectIdOf } from './subject.ts';
