export { type Authenticator, authenticator } from './authenticator.ts';
export { authorize, noSuchOrganisation, reaches, type Whose } from './authorize.ts';
export { openTokenVerifier, type TokenVerifier } from './jwt.ts';
export { type Keyring, type KeyringDeps, openKeyring } from './keyring.ts';
export type { HasPrincipal, OrgSettings, Principal } from './principal.ts';
export { ACTIONS, type Action, MATRIX, outranks, type Reach, ROLES, type Role } from './roles.ts';
export { type Demo, ensureDemo } from './setup.ts';
export { findOrgId, orgSlug } from './store/orgs.ts';
export { SUBJECT_KINDS, type SubjectKind, subjectIdOf } from './subject.ts';
