import { createHmac } from 'node:crypto';
import { Detector } from './detector.ts';
import { recogniser } from './recogniser.ts';
import { RECOGNISERS } from './recognisers/index.ts';
import { type Judge, StreamRedactor, type TextStream } from './stream.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_CHARS = 8;

/**
 * Stand-ins for values, `<EMAIL_k7f2q9ab>`: the entity and base32 of a keyed hash of the value, so that a
 * conversation that is sent again has the same stand-ins again, and a provider's prompt cache still hits.
 * What they stand for is known to this object alone, and it lives as long as its request.
 */
export class Placeholders {
  readonly #key: Uint8Array;
  readonly #scope: string;
  readonly #values = new Map<string, { readonly canonical: string; readonly value: string }>();

  /** @param scope within which a value has one placeholder: the organisation and, where known, the conversation */
  constructor(key: Uint8Array, scope: readonly string[]) {
    this.#key = key;
    this.#scope = scope.join('\0');
  }

  /** Whether there is anything to put back. */
  get used(): boolean {
    return this.#values.size > 0;
  }

  /** The placeholder of a value; spellings that `canonical` makes equal share one and come back as the first. */
  of(entity: string, value: string, canonical: string): string {
    for (let attempt = 0; ; attempt++) {
      const name = `${entity.toUpperCase()}_${this.#id(entity, canonical, attempt)}`;
      const known = this.#values.get(name);
      if (known === undefined) this.#values.set(name, { canonical, value });
      if (known === undefined || known.canonical === canonical) return `<${name}>`;
    }
  }

  /** Puts values back into a text in pieces; placeholders of others stay as they are. */
  restorer(): TextStream {
    return new StreamRedactor(WRITTEN, this.#restore);
  }

  readonly #restore: Judge = {
    weigh: () => 0,
    replace: (_rank, _weight, written = '') => {
      const name = written.replaceAll('\\', '').match(/[A-Z_]+_[a-z2-7]+/)?.[0] ?? '';
      return this.#values.get(name)?.value ?? written;
    },
  };

  #id(entity: string, canonical: string, attempt: number): string {
    const hash = createHmac('sha256', this.#key)
      .update([this.#scope, entity, canonical, attempt].join('\0'))
      .digest();
    return Array.from({ length: ID_CHARS }, (_, at) => ALPHABET.charAt((hash[at] ?? 0) & 31)).join('');
  }
}

/** How models write placeholders: as given, in HTML, with Markdown's backslashes, without the brackets. */
const NAMES = RECOGNISERS.filter((each) => each.group !== 'secret').map((each) => each.id.toUpperCase());
const NAME = `(?:${NAMES.map((name) => name.replaceAll('_', '\\\\?_')).join('|')})\\\\?_[a-z2-7]{${ID_CHARS}}`;
const CLOSE = '(?:>|&gt;|\\\\>)?';

const WRITTEN = new Detector(
  [
    recogniser({
      id: 'placeholder',
      group: 'pii',
      called: 'a placeholder',
      forms: [
        {
          anchor: { kind: 'text', texts: NAMES.map((name) => name.replace(/_.*/, '')) },
          pattern: `(?<!\\w)${NAME}(?![A-Za-z0-9_])${CLOSE}`,
        },
        {
          anchor: { kind: 'text', texts: ['<', '&lt;', '\\<'] },
          pattern: `(?:<|&lt;|\\\\<)${NAME}(?![A-Za-z0-9_])${CLOSE}`,
        },
      ],
      examples: { found: [], ignored: [] },
    }),
  ],
  false,
);
