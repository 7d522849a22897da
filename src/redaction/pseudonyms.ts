import type { OrgKey } from './keys.ts';
import { PSEUDONYM_ID_CHARS, Restorer } from './restorer.ts';
import type { TextStream } from './stream.ts';

/** What stands for a text that only looks like a pseudonym: it comes back as it was written. */
export const LITERAL = 'literal';

interface Known {
  readonly canonical: string;
  readonly value: string;
}

/**
 * Stand-ins for values, `<EMAIL_k7f2q9ab>`: the entity and base32 of a keyed hash of the value, so that a
 * conversation that is sent again has the same stand-ins again, and a provider's prompt cache still hits.
 * What they stand for is known to this object alone, and it lives as long as its request.
 */
export class Pseudonyms {
  readonly #key: OrgKey;
  readonly #conversation: () => string;
  #scope: string | undefined;
  readonly #values = new Map<string, Known>();
  /** By entity and canonical value, so that a value that stands there ten times is hashed once. */
  readonly #given = new Map<string, string>();

  /** @param conversation within which a value has one pseudonym; asked at most once, when the first is made */
  constructor(key: OrgKey, conversation: () => string) {
    this.#key = key;
    this.#conversation = conversation;
  }

  /** Whether there is anything to put back. */
  get used(): boolean {
    return this.#values.size > 0;
  }

  /** The pseudonym of a value; spellings that `canonical` makes equal share one and come back as the first. */
  of(entity: string, value: string, canonical: string): string {
    const what = `${entity}\0${canonical}`;
    const given = this.#given.get(what);
    if (given !== undefined) return given;
    this.#scope ??= this.#conversation();
    for (let attempt = 0; ; attempt++) {
      const id = this.#key.id(PSEUDONYM_ID_CHARS, this.#scope, entity, canonical, String(attempt));
      const name = `${entity.toUpperCase()}_${id}`;
      // another value may have it: 40 bits are short
      if (this.#values.has(name)) continue;
      this.#values.set(name, { canonical, value });
      this.#given.set(what, `<${name}>`);
      return `<${name}>`;
    }
  }

  /** Puts values back into a text in pieces; pseudonyms of others stay as they are. */
  restorer(): TextStream {
    return new Restorer((name) => this.#values.get(name)?.value);
  }
}
