const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);

/** Tells when the JSON object that comes in parts is complete, without parsing it. */
export class JsonEnd {
  #depth = 0;
  #begun = false;
  #inString = false;
  #escaped = false;

  get complete(): boolean {
    return this.#begun && this.#depth === 0;
  }

  push(text: string): void {
    for (let index = 0; index < text.length; index++) this.#next(text.charCodeAt(index));
  }

  #next(unit: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (unit === BACKSLASH) this.#escaped = true;
      else if (unit === QUOTE) this.#inString = false;
    } else if (unit === QUOTE) this.#inString = true;
    else if (OPENING.has(unit)) {
      this.#depth++;
      this.#begun = true;
    } else if (CLOSING.has(unit)) this.#depth--;
  }
}
