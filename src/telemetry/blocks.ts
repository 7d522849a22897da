import type { DestinationStream } from 'pino';

/** Characters that gather before they are written: a write to a pipe costs some 100 µs. */
const BLOCK_LENGTH = 65_536;
/** The longest that a line waits. */
const FLUSH_MS = 1_000;

interface Output extends DestinationStream {
  flush(done: (error?: Error) => void): void;
  flushSync(): void;
}

/**
 * Gathers log lines and hands them on in blocks. pino's own destination can do this (`minLength`), but measures
 * the whole block again with every line it adds: 13 µs a line at this size, against less than one here.
 */
export class Blocks implements DestinationStream {
  readonly #output: Output;
  #lines: string[] = [];
  #length = 0;

  constructor(output: Output) {
    this.#output = output;
    setInterval(() => this.#hand(), FLUSH_MS).unref();
    // The last lines before a crash are the ones that matter most.
    process.once('exit', () => {
      this.#hand();
      this.#output.flushSync();
    });
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= BLOCK_LENGTH) this.#hand();
  }

  flush(done: (error?: Error) => void): void {
    this.#hand();
    this.#output.flush(done);
  }

  #hand(): void {
    if (this.#length === 0) return;
    this.#output.write(this.#lines.join(''));
    this.#lines = [];
    this.#length = 0;
  }
}
