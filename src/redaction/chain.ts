import type { TextStream } from './stream.ts';

/** One stream after the other. */
export class Chain implements TextStream {
  readonly #first: TextStream;
  readonly #second: TextStream;

  constructor(first: TextStream, second: TextStream) {
    this.#first = first;
    this.#second = second;
  }

  begin(name: string): void {
    this.#first.begin?.(name);
  }

  push(piece: string): string {
    return this.#second.push(this.#first.push(piece));
  }

  end(piece = ''): string {
    return this.#second.end(this.#first.end(piece));
  }
}

/** A stream beside which another one reads along; what that one makes of the text is thrown away. */
export class Watched implements TextStream {
  readonly #watcher: TextStream;
  readonly #stream: TextStream | undefined;

  /** @param stream undefined: the text goes on as it is */
  constructor(watcher: TextStream, stream: TextStream | undefined) {
    this.#watcher = watcher;
    this.#stream = stream;
  }

  begin(name: string): void {
    this.#watcher.begin?.(name);
    this.#stream?.begin?.(name);
  }

  push(piece: string): string {
    this.#watcher.push(piece);
    return this.#stream === undefined ? piece : this.#stream.push(piece);
  }

  end(piece = ''): string {
    this.#watcher.end(piece);
    return this.#stream === undefined ? piece : this.#stream.end(piece);
  }
}
