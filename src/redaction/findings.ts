import type { OrgKey } from './keys.ts';
import type { Direction, Finding, RedactionAction } from './plan.ts';
import type { Entity } from './recogniser.ts';

/** Hashes kept of one kind of finding; a keyed hash costs 3 µs. */
const MAX_HASHES = 8;
const HASH_CHARS = 12;

interface Tally {
  readonly entity: string;
  readonly action: RedactionAction;
  readonly direction: Direction;
  count: number;
  readonly hashes: Set<string>;
}

/** What was found in one request and its answer. */
export class Findings {
  readonly #key: OrgKey;
  readonly #tallies = new Map<string, Tally>();

  constructor(key: OrgKey) {
    this.#key = key;
  }

  /** @param value undefined where it is not known in full */
  add(
    { id, canonical }: Entity,
    action: RedactionAction,
    direction: Direction,
    value: string | undefined,
  ): void {
    const name = `${direction} ${id} ${action}`;
    let tally = this.#tallies.get(name);
    if (tally === undefined) {
      tally = { entity: id, action, direction, count: 0, hashes: new Set() };
      this.#tallies.set(name, tally);
    }
    tally.count++;
    if (value !== undefined && tally.hashes.size < MAX_HASHES)
      tally.hashes.add(hashOf(this.#key, id, canonical?.(value) ?? value));
  }

  list(): Finding[] {
    return Array.from(this.#tallies.values(), (tally) => ({ ...tally, hashes: [...tally.hashes] }));
  }
}

/** What the audit trail and the action `hash` say of a value: the same in every request of an organisation. */
export function hashOf(key: OrgKey, entity: string, canonical: string): string {
  return key.id(HASH_CHARS, 'value', entity, canonical);
}
