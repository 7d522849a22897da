/** The keys that organisations bring: kept sealed in the database, opened into the rings of the providers. */
import type { Changes, Database } from '../storage/database.ts';
import type { Log } from '../storage/log.ts';
import type { ProviderKey } from './key-ring.ts';
import type { Provider } from './provider.ts';
import { type KeyRow, loadKeys, resealKey } from './store.ts';
import type { Vault } from './vault.ts';

export interface BroughtKeyDeps {
  readonly db: Database;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly vault: Vault;
  readonly log: Log;
}

export interface BroughtKeys {
  /** Reads them now: a change counts on this node before it is answered, on others within a second. */
  reload(): Promise<void>;
}

/** Loads the keys and follows their changes; secrets under an older sealing key are put under the current one. */
export async function openBroughtKeys(deps: BroughtKeyDeps, changes: Changes): Promise<BroughtKeys> {
  const { db, vault } = deps;
  const reload = async (): Promise<void> => useKeys(deps, await db.load(loadKeys));
  await changes.watch('providers', reload);
  if (vault.current !== undefined) await resealAll(deps);
  return { reload };
}

/** The row that a secret is sealed for. */
export function ownerOf({ orgId, id }: Pick<KeyRow, 'orgId' | 'id'>): string {
  return `${orgId}/${id}`;
}

export function openSecret(vault: Vault, row: KeyRow): string | undefined {
  return vault.open({ bytes: row.sealed, with: row.sealedWith }, ownerOf(row));
}

function useKeys({ providers, vault, log }: BroughtKeyDeps, rows: readonly KeyRow[]): void {
  const byProvider = new Map<string, Map<string, ProviderKey[]>>();
  for (const row of rows) {
    if (!row.enabled) continue;
    const secret = openSecret(vault, row);
    if (secret === undefined) {
      log.error(
        { providerKey: row.id, sealedWith: row.sealedWith },
        'a provider key cannot be opened: its sealing key is not in provider_keys.encryption_keys',
      );
      continue;
    }
    const byOrg = byProvider.get(row.provider) ?? new Map<string, ProviderKey[]>();
    byProvider.set(row.provider, byOrg);
    const keys = byOrg.get(row.orgId) ?? [];
    byOrg.set(row.orgId, keys);
    keys.push({ id: row.id, name: row.name, secret, weight: row.weight });
  }
  for (const [name, { keys }] of providers) keys?.useOrgKeys(byProvider.get(name) ?? new Map());
}

async function resealAll({ db, vault, log }: BroughtKeyDeps): Promise<void> {
  const rows = await db.load(loadKeys);
  let moved = 0;
  for (const row of rows) {
    if (row.sealedWith === vault.current) continue;
    const secret = openSecret(vault, row);
    if (secret === undefined) continue;
    await db.withOrg(row.orgId, (tx) => resealKey(tx, row, vault.seal(secret, ownerOf(row))));
    moved++;
  }
  if (moved > 0) log.info({ keys: moved }, 'provider keys were sealed anew with the current key');
}
