/** Who owns which response: what this node saw lately from memory, everything else from the database. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../core/fault.ts';
import type { Kept } from '../providers/index.ts';
import type { Database } from '../storage/database.ts';
import { isResponseId } from './response.ts';
import { findResponse } from './store.ts';

export interface OwnersOptions {
  readonly db: Pick<Database, 'withOrg'>;
  /** Responses held in memory at most. */
  readonly capacity?: number;
  /** Before the database is asked again for what it does not know. */
  readonly secondLookMs?: number;
}

const CAPACITY = 10_000;
/** Longer than another node's journal takes to be drained. */
const SECOND_LOOK_MS = 400;

export class Owners {
  readonly #db: OwnersOptions['db'];
  readonly #capacity: number;
  readonly #secondLookMs: number;
  /** By organisation and id, least lately used first; null: deleted, though the database may still hold it. */
  readonly #recent = new Map<string, Kept | null>();

  constructor({ db, capacity = CAPACITY, secondLookMs = SECOND_LOOK_MS }: OwnersOptions) {
    this.#db = db;
    this.#capacity = capacity;
    this.#secondLookMs = secondLookMs;
  }

  /**
   * The response of this organisation; undefined where it has none of that id. At once where it is in memory.
   * @throws Fault `internal_error` (503) when the database cannot be asked
   */
  find(orgId: string, id: string): Kept | undefined | Promise<Kept | undefined> {
    if (!isResponseId(id)) return undefined;
    const key = keyOf(orgId, id);
    const known = this.#recent.get(key);
    if (known === undefined) return this.#lookUp(orgId, id);
    this.#put(key, known);
    return known ?? undefined;
  }

  remember(orgId: string, kept: Kept): void {
    this.#put(keyOf(orgId, kept.id), kept);
  }

  forget(orgId: string, id: string): void {
    this.#put(keyOf(orgId, id), null);
  }

  /** A second look, because another node may have made it a moment ago and not have drained its journal yet. */
  async #lookUp(orgId: string, id: string): Promise<Kept | undefined> {
    let found = await this.#read(orgId, id);
    if (found === undefined) {
      await sleep(this.#secondLookMs);
      found = await this.#read(orgId, id);
    }
    if (found !== undefined) this.remember(orgId, found);
    return found;
  }

  async #read(orgId: string, id: string): Promise<Kept | undefined> {
    try {
      return await this.#db.withOrg(orgId, (tx) => findResponse(tx, id));
    } catch (thrown) {
      throw new Fault(
        'internal_error',
        'The gateway cannot look up whose response this is, because its database does not answer. Try again later.',
        { status: 503, internal: String(thrown), cause: thrown },
      );
    }
  }

  #put(key: string, kept: Kept | null): void {
    this.#recent.delete(key);
    this.#recent.set(key, kept);
    if (this.#recent.size <= this.#capacity) return;
    const [eldest] = this.#recent.keys();
    if (eldest !== undefined) this.#recent.delete(eldest);
  }
}

function keyOf(orgId: string, id: string): string {
  return `${orgId} ${id}`;
}
