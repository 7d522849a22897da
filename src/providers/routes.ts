import { z } from 'zod';
import { type AdminRoute, adminRoute, deletedAnswer, listOf, noParams, noQuery } from '../admin/route.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { type RandomBytes, uuidv7 } from '../core/ids.ts';
import { readOrg } from '../identity/index.ts';
import type { Database } from '../storage/database.ts';
import { violatedConstraint } from '../storage/query-error.ts';
import { type BroughtKeys, openSecret, ownerOf } from './brought-keys.ts';
import type { KeyState } from './key-ring.ts';
import type { Provider } from './provider.ts';
import type { RateLimit } from './rate-limits.ts';
import { deleteKey, insertKey, type KeyRow, listKeys, updateKey } from './store.ts';
import type { Vault } from './vault.ts';

export interface ProviderRouteDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly vault: Vault;
  readonly broughtKeys: BroughtKeys;
}

/** A key is sent in a header; only the key file of a service account is more than one line. */
const secret = z
  .string()
  .min(1)
  .max(16_384)
  .refine((text) => /^[\x21-\x7e]+$/.test(text) || isJson(text), {
    error: 'must be printable ASCII without spaces, or the JSON of a service account',
  });
const name = z.string().min(1).max(64);
const weight = z.int().min(1).max(1000);
const keyParams = z.strictObject({ providerKeyId: z.uuid() });

const limitAnswer = z.strictObject({
  limit: z.number().nullable(),
  remaining: z.number().nullable(),
  reset_at: z.iso.datetime().nullable(),
});

const keyAnswer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  name: z.string(),
  weight: z.int(),
  enabled: z.boolean(),
  state: z
    .enum(['ready', 'parked', 'disabled', 'unreadable', 'unused'])
    .describe(
      'parked: refused or limited by the provider, as this node saw it; unreadable: sealed with a key that the configuration lacks; unused: no provider of this name is configured.',
    ),
  parked_until: z.iso.datetime().nullable(),
  requests: limitAnswer.nullable().describe('As the provider last told this node.'),
  tokens: limitAnswer.nullable(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** Keys of providers that an organisation brings along. A secret goes in and never comes out. */
export function providerRoutes(deps: ProviderRouteDeps): AdminRoute[] {
  return [listAll(deps), create(deps), change(deps), remove(deps)];
}

function listAll(deps: ProviderRouteDeps): AdminRoute {
  return adminRoute({
    method: 'GET',
    path: '/orgs/:orgId/provider-keys',
    summary: "List the organisation's own keys of providers; secrets are never shown",
    action: 'provider_keys.list',
    params: noParams,
    query: noQuery,
    answer: listOf(keyAnswer),
    handle: async ({ orgId }) => {
      const rows = await deps.db.withOrg(orgId, (tx) => listKeys(tx, orgId));
      return { answer: { data: rows.map((row) => view(deps, row)) } };
    },
  });
}

function create(deps: ProviderRouteDeps): AdminRoute {
  const { db, clock, random, vault, broughtKeys } = deps;
  return adminRoute({
    method: 'POST',
    path: '/orgs/:orgId/provider-keys',
    summary: 'Bring a key of a provider; from then on the organisation calls it with its own keys only',
    action: 'provider_keys.write',
    status: 201,
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      provider: z.string().min(1).describe('Name of a provider of the configuration.'),
      name,
      secret,
      weight: weight.default(1).describe('Share of the calls, beside the other keys.'),
    }),
    answer: keyAnswer,
    handle: async ({ orgId, principal, body }) => {
      requireProvider(deps, body.provider);
      requireVault(vault);
      await requirePermission(db, orgId);
      const id = uuidv7(clock.now(), random);
      const sealed = vault.seal(body.secret, ownerOf({ orgId, id }));
      const row = await db
        .withOrg(orgId, (tx) =>
          insertKey(tx, {
            orgId,
            id,
            provider: body.provider,
            name: body.name,
            weight: body.weight,
            sealed: sealed.bytes,
            sealedWith: sealed.with,
            createdBy: principal.actor,
          }),
        )
        .catch(nameTaken);
      await broughtKeys.reload();
      const { secret: _never, ...changes } = body;
      return { answer: view(deps, row), resource: `provider_key/${id}`, changes };
    },
  });
}

function change(deps: ProviderRouteDeps): AdminRoute {
  const { db, clock, vault, broughtKeys } = deps;
  return adminRoute({
    method: 'PATCH',
    path: '/orgs/:orgId/provider-keys/:providerKeyId',
    summary: 'Renew the secret of a key, rename or weigh it, switch it off and on',
    action: 'provider_keys.write',
    params: keyParams,
    query: noQuery,
    body: z.strictObject({
      name: name.exactOptional(),
      weight: weight.exactOptional(),
      enabled: z.boolean().exactOptional(),
      secret: secret.exactOptional(),
    }),
    answer: keyAnswer,
    handle: async ({ orgId, params: { providerKeyId: id }, body }) => {
      const { secret: renewed, ...rest } = body;
      if (renewed !== undefined) requireVault(vault);
      if (renewed !== undefined || rest.enabled === true) await requirePermission(db, orgId);
      const sealed = renewed === undefined ? undefined : vault.seal(renewed, ownerOf({ orgId, id }));
      const row = await db
        .withOrg(orgId, (tx) =>
          updateKey(tx, orgId, id, {
            ...rest,
            ...(sealed && { sealed: sealed.bytes, sealedWith: sealed.with }),
            updatedAt: new Date(clock.now()),
          }),
        )
        .catch(nameTaken);
      if (row === undefined) throw noSuchKey();
      await broughtKeys.reload();
      const changes = renewed === undefined ? rest : { ...rest, secret: 'renewed' };
      return { answer: view(deps, row), resource: `provider_key/${id}`, changes };
    },
  });
}

function remove({ db, broughtKeys }: ProviderRouteDeps): AdminRoute {
  return adminRoute({
    method: 'DELETE',
    path: '/orgs/:orgId/provider-keys/:providerKeyId',
    summary: "Delete a key; without any, the organisation calls with the gateway's keys again",
    action: 'provider_keys.write',
    params: keyParams,
    query: noQuery,
    answer: deletedAnswer,
    handle: async ({ orgId, params: { providerKeyId: id } }) => {
      if (!(await db.withOrg(orgId, (tx) => deleteKey(tx, orgId, id)))) throw noSuchKey();
      await broughtKeys.reload();
      return { answer: { id, deleted: true as const }, resource: `provider_key/${id}` };
    },
  });
}

function view({ providers, vault, clock }: ProviderRouteDeps, row: KeyRow): z.input<typeof keyAnswer> {
  const provider = providers.get(row.provider);
  const live = provider?.keys?.states(row.orgId).find(({ id }) => id === row.id);
  const limits = live && provider?.keys?.limitsOf(live);
  const state = stateOf(row, provider, vault, live, clock.now());
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    weight: row.weight,
    enabled: row.enabled,
    state,
    parked_until: state === 'parked' && live ? new Date(live.parkedUntilMs).toISOString() : null,
    requests: limitView(limits?.requests),
    tokens: limitView(limits?.tokens),
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

function stateOf(
  row: KeyRow,
  provider: Provider | undefined,
  vault: Vault,
  live: KeyState | undefined,
  nowMs: number,
): z.input<typeof keyAnswer>['state'] {
  if (!row.enabled) return 'disabled';
  if (openSecret(vault, row) === undefined) return 'unreadable';
  if (provider === undefined) return 'unused';
  return live !== undefined && live.parkedUntilMs > nowMs ? 'parked' : 'ready';
}

function limitView(one: RateLimit | undefined): z.input<typeof limitAnswer> | null {
  if (one === undefined) return null;
  const { limit, remaining, resetAtMs } = one;
  return {
    limit: limit ?? null,
    remaining: remaining ?? null,
    reset_at: resetAtMs === undefined ? null : new Date(resetAtMs).toISOString(),
  };
}

function requireProvider({ providers }: ProviderRouteDeps, provider: string): void {
  if (providers.get(provider)?.keys !== undefined) return;
  const keyed = [...providers.values()].filter(({ keys }) => keys !== undefined).map((one) => one.name);
  throw new Fault(
    'unprocessable',
    `No provider of that name takes keys; there are ${keyed.join(', ') || 'none'}.`,
    { param: 'provider' },
  );
}

/**
 * Bringing, renewing and switching on need the organisation's `byok_allowed`; taking away never does.
 * @throws Fault `permission_denied`
 */
async function requirePermission(db: Database, orgId: string): Promise<void> {
  if ((await readOrg(db, orgId))?.byokAllowed) return;
  throw new Fault(
    'permission_denied',
    'This organisation brings no keys of providers: its setting byok_allowed is false. PATCH /api/v1/orgs/{org} changes it.',
  );
}

function requireVault({ current }: Vault): void {
  if (current !== undefined) return;
  throw new Fault(
    'unprocessable',
    'This gateway cannot keep secrets yet: its operators must set provider_keys.encryption_keys.',
  );
}

function nameTaken(thrown: unknown): never {
  if (violatedConstraint(thrown) !== 'provider_keys_name') throw thrown;
  throw new Fault('conflict', 'The organisation has a key of this name for this provider already.', {
    param: 'name',
  });
}

function noSuchKey(): Fault {
  return new Fault('not_found', 'There is no such provider key in this organisation.', {
    param: 'provider_key_id',
  });
}

function isJson(text: string): boolean {
  try {
    return text.startsWith('{') && typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
