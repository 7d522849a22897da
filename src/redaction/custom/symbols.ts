import type { CharSet } from './char-set.ts';
import { BEYOND_ASCII, isWord } from './starts.ts';
import { PatternError } from './syntax.ts';

const MOST_SYMBOLS = 250;

/** Characters that no class tells apart, by number; those of words are never together with others. */
export class Symbols {
  /** By ASCII code. */
  readonly ascii = new Uint8Array(BEYOND_ASCII);
  /** Beyond ASCII: where a run of one symbol begins, and which. */
  readonly #from: Uint32Array;
  readonly #symbol: Uint8Array;
  readonly #beyond: readonly number[];
  /** By symbol, a character of it. */
  readonly #samples: number[] = [];
  /** By symbol, the classes that have it. */
  readonly #classes: ReadonlySet<string>[] = [];

  constructor(sets: ReadonlyMap<string, CharSet>) {
    const numbers = new Map<string, number>();
    const runs: [from: number, symbol: number][] = [];
    const add = (code: number): number => {
      const classes = [...sets].filter(([, set]) => has(set, code)).map(([source]) => source);
      const key = `${isWord(code)} ${classes.join('\n')}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      if (numbers.size >= MOST_SYMBOLS)
        throw new PatternError(
          'has too many different classes of characters; write them as fewer, larger ones',
        );
      numbers.set(key, numbers.size);
      this.#samples.push(code);
      return this.#classes.push(new Set(classes)) - 1;
    };
    for (let code = 0; code < BEYOND_ASCII; code++) this.ascii[code] = add(code);
    for (const from of boundsBeyond([...sets.values()])) runs.push([from, add(from)]);
    this.#from = Uint32Array.from(runs, ([from]) => from);
    this.#symbol = Uint8Array.from(runs, ([, symbol]) => symbol);
    this.#beyond = [...new Set(this.#symbol)];
  }

  get count(): number {
    return this.#samples.length;
  }

  /** @param code beyond ASCII */
  of(code: number): number {
    let low = 0;
    let high = this.#from.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#from[middle] as number) <= code) low = middle;
      else high = middle - 1;
    }
    return this.#symbol[low] as number;
  }

  isWord(symbol: number): boolean {
    return isWord(this.#samples[symbol] as number);
  }

  isIn(symbol: number, source: string): boolean {
    return this.#classes[symbol]?.has(source) === true;
  }

  /** Those of the characters of a column. */
  ofColumn(column: number): readonly number[] {
    return column < BEYOND_ASCII ? [this.ascii[column] as number] : this.#beyond;
  }
}

function has(set: CharSet, code: number): boolean {
  return set.some(([from, to]) => from <= code && code <= to);
}

/** Code points beyond ASCII between two of which no set changes its mind. */
function boundsBeyond(sets: readonly CharSet[]): number[] {
  const bounds = new Set([BEYOND_ASCII]);
  for (const [from, to] of sets.flat()) {
    bounds.add(from);
    bounds.add(to + 1);
  }
  return [...bounds].filter((code) => code >= BEYOND_ASCII).sort((a, b) => a - b);
}
