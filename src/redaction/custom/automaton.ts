import { type CharSet, charSet, widthOf } from './char-set.ts';
import { BEYOND_ASCII, isWord, nextStart, type Starts, startsOf } from './starts.ts';
import { Symbols } from './symbols.ts';
import { PatternError, parseSyntax, type Syntax } from './syntax.ts';
import { DEAD, ENDS_HERE, type Table, TableBuilder } from './table.ts';

/** `run` found no match. */
export const NONE = -1;

/**
 * A pattern as a deterministic automaton, all of it built when the pattern is compiled: it reads a text one
 * character at a time and never goes back, whatever the pattern and the text.
 */
export class Automaton {
  /** The longest match, in UTF-16 units. */
  readonly maxChars: number;
  /** Whether the last run came to the end of the text with the match still able to grow, or only just ended. */
  open = false;
  readonly starts: Starts;
  readonly #symbols: Symbols;
  readonly #table: Table;

  /**
   * @param mostChars how long a match may be, in UTF-16 units
   * @throws PatternError where the source leaves the syntax, or a match or the automaton would be too large
   */
  constructor(source: string, ignoreCase: boolean, mostChars: number) {
    const node = parseSyntax(source);
    const sets = new Map<string, CharSet>();
    for (const each of classesIn(node)) sets.set(each, charSet(each, ignoreCase));
    const [minChars, maxChars] = extentOf(node, sets);
    if (minChars === 0)
      throw new PatternError('also matches nothing at all; make a part of it that is not optional');
    if (maxChars > mostChars)
      throw new PatternError(
        `matches up to ${maxChars} characters, at most ${mostChars} (those beyond U+FFFF count twice, as "." may); lower its repeats, or let a tail take what follows`,
      );
    this.maxChars = maxChars;
    this.#symbols = new Symbols(sets);
    this.#table = new TableBuilder(node, this.#symbols).build();
    const { rows, afterOther, afterWord } = this.#table;
    if (!rows.some((step) => (step & ENDS_HERE) !== 0))
      throw new PatternError('never matches; look at its \\b and \\B');
    this.starts = startsOf(this.#symbols, (after, first, second) => {
      const row = (rows[(after ? afterWord : afterOther) + first] as number) >> 1;
      return rows[row + second] !== 0;
    });
  }

  mayStart(text: string, at: number): boolean {
    return nextStart(this.starts, text, at, at + 1) === at;
  }

  /**
   * The end of the longest match that begins at `at` and ends by `to`, else NONE; it sees one character beyond.
   * Afterwards `open` says whether more text could change the answer.
   */
  run(text: string, at: number, to: number): number {
    const { rows, afterOther, afterWord } = this.#table;
    const { ascii, count } = this.#symbols;
    const { length } = text;
    let row = at > 0 && isWord(text.charCodeAt(at - 1)) ? afterWord : afterOther;
    let end = NONE;
    this.open = false;
    for (let here = at; row !== DEAD; here++) {
      if (here === length) {
        this.open = true;
        return ((rows[row + count] as number) & ENDS_HERE) === 0 ? end : here;
      }
      const unit = text.charCodeAt(here);
      const code = unit < BEYOND_ASCII ? unit : (text.codePointAt(here) as number);
      const step = rows[
        row + (code < BEYOND_ASCII ? (ascii[code] as number) : this.#symbols.of(code))
      ] as number;
      if ((step & ENDS_HERE) !== 0) end = here;
      if (here >= to) return end;
      if (here + 1 === length && isHighSurrogate(code)) {
        this.open = true;
        return end;
      }
      row = step >> 1;
      if (code > 0xffff) here++;
    }
    return end;
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function classesIn(node: Syntax): string[] {
  switch (node.kind) {
    case 'class':
      return [node.source];
    case 'repeat':
      return classesIn(node.node);
    case 'edge':
      return [];
    default:
      return node.nodes.flatMap(classesIn);
  }
}

/** Its shortest and its longest match, in UTF-16 units. */
function extentOf(node: Syntax, sets: ReadonlyMap<string, CharSet>): readonly [min: number, max: number] {
  switch (node.kind) {
    case 'class':
      return [1, widthOf(sets.get(node.source) ?? [])];
    case 'edge':
      return [0, 0];
    case 'repeat': {
      const [min, max] = extentOf(node.node, sets);
      return [min * node.min, max * node.max];
    }
    case 'sequence':
      return node.nodes
        .map((each) => extentOf(each, sets))
        .reduce(([min, max], [least, most]) => [min + least, max + most], [0, 0]);
    case 'choice': {
      const all = node.nodes.map((each) => extentOf(each, sets));
      return [Math.min(...all.map(([min]) => min)), Math.max(...all.map(([, max]) => max))];
    }
  }
}
