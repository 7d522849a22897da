import type { Role } from './roles.ts';

/** Who is calling: the same object for every request of one key, so it can be a cache key. */
export interface Principal {
  readonly kind: 'key' | 'jwt' | 'platform';
  /** `key/<id>`, `user/<id>`, `platform/<id>`: the actor of audit records. */
  readonly actor: string;
  /** Empty for platform operators, who stand above organisations. */
  readonly orgId: string;
  readonly orgSlug: string;
  readonly teamId: string | null;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly email: string | null;
  /** The role in the organisation; `managedTeams` adds to it. */
  readonly role: Role;
  /** Teams in which this principal is a manager. */
  readonly managedTeams: readonly string[];
  /** May call /v1 (inference) or /api/v1 (admin) or both. */
  readonly uses: { readonly inference: boolean; readonly admin: boolean };
  /** Model patterns of the key; null = every model. */
  readonly models: readonly string[] | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly org: OrgSettings;
}

/** What the organisation itself settled, as the request path needs it. */
export interface OrgSettings {
  readonly allowedProviders: readonly string[] | null;
  readonly restrictedProviders: readonly string[];
  readonly defaultProvider: string | null;
  readonly dataResidency: readonly string[] | null;
  readonly storeContent: boolean;
}

export interface HasPrincipal {
  principal: Principal;
}
