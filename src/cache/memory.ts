import type { Clock } from '../core/clock.ts';
import type { AnswerStore } from './store.ts';

interface Entry {
  readonly value: string;
  readonly expiresAtMs: number;
}

/** The answers of one process: bounded by bytes, least recently used first out. */
export class MemoryAnswers implements AnswerStore {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  readonly #clock: Clock;
  #bytes = 0;

  constructor(maxBytes: number, clock: Clock) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  get(orgId: string, key: string): string | undefined {
    const full = `${orgId}:${key}`;
    const entry = this.#entries.get(full);
    if (entry === undefined) return undefined;
    this.#remove(full, entry);
    if (entry.expiresAtMs <= this.#clock.now()) return undefined;
    this.#add(full, entry);
    return entry.value;
  }

  set(orgId: string, key: string, value: string, ttlMs: number): void {
    const full = `${orgId}:${key}`;
    const before = this.#entries.get(full);
    if (before) this.#remove(full, before);
    if (size(value) > this.#maxBytes) return;
    this.#add(full, { value, expiresAtMs: this.#clock.now() + ttlMs });
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#remove(oldest, entry);
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += size(entry.value);
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= size(entry.value);
  }
}

/** Strings take two bytes a character at most. */
const size = (value: string): number => value.length * 2;
