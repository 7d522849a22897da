/** Remembers texts in which nothing was found: conversations and agents send them again with every turn. */
import { hash } from 'node:crypto';

/** Shorter texts are read as fast as they are told apart. */
const LEAST_LENGTH = 1024;
/** Of each of two generations: some 3 MB together. */
const MOST_TEXTS = 16_384;

/**
 * Keeps no text, only SHA-256 over those that were clean, each under whoever looked, so that neither what one tenant
 * sent nor that it was sent can be told by another. Reading 32 kB takes 280 µs, its digest 20.
 *
 * Two generations instead of deleting the oldest: see docs/decisions/0014.
 */
export class CleanTexts {
  #recent = new Set<string>();
  #older = new Set<string>();

  /**
   * What stands for the text; undefined for one that is too short, or holds half a character, which the digest would
   * not tell from another half.
   *
   * @param reader whose look it is: another one may find what this one does not
   */
  nameOf(text: string, reader: number): string | undefined {
    if (text.length < LEAST_LENGTH || !text.isWellFormed()) return undefined;
    return `${reader} ${hash('sha256', text, 'base64')}`;
  }

  has(name: string): boolean {
    if (this.#recent.has(name)) return true;
    if (!this.#older.has(name)) return false;
    this.add(name);
    return true;
  }

  /** Only after all of the text was looked at, and nobody was asked what to do with anything in it. */
  add(name: string): void {
    if (this.#recent.size >= MOST_TEXTS) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(name);
  }
}
