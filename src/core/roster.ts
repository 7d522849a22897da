/** What a roster keeps: it remembers its own place there, -1 while it is in none. */
export interface Seated {
  seat: number;
}

/**
 * Who is in at the moment, for registries whose entries come and go with every request.
 *
 * Not a Set or a Map: V8's hash tables leave a pointer from the table that was outgrown to its successor. Once one
 * of those has been promoted, each dead table keeps the next alive, with all that was in flight when it was left, until
 * a full collection: a quarter of what every request allocated was copied by the scavenger, ten times its time
 * (docs/decisions/0014).
 */
export class Roster<T extends Seated> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (item.seat >= 0) return;
    item.seat = this.#items.length;
    this.#items.push(item);
  }

  /** Nothing happens where it is not in. */
  delete(item: T): void {
    const { seat } = item;
    if (this.#items[seat] !== item) return;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[seat] = last;
      last.seat = seat;
    }
    item.seat = -1;
  }

  /** Those that are in now; who comes or goes meanwhile does not matter. In no order. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#items][Symbol.iterator]();
  }
}
