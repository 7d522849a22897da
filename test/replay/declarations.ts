/**
 * JSON Schemas made from TypeScript declarations, as far as an SDK's wire types need it: interfaces, aliases, unions,
 * arrays, literals, inline objects, references.
 */
import type { JsonObject } from '../../src/core/json.ts';

/** Schemas by the name of the type; a reference is `#/$defs/Name`. Members that are not declared are refused. */
export function schemasOf(declarations: string): JsonObject {
  const source = declarations.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^import .*$/gm, '');
  const defs: JsonObject = {};
  for (const [, name, body] of source.matchAll(/export declare namespace (\w+) \{\n([\s\S]*?)\n\}/g)) {
    readTypes(body ?? '', `${name}.`, /^ {4}interface (\w+)[^{]*\{/gm, /^ {4}type (\w+) = ([^;]*);/gm, defs);
  }
  readTypes(source, '', /^export interface (\w+)[^{]*\{/gm, /^export type (\w+) = ([^;]*);/gm, defs);
  return defs;
}

function readTypes(
  source: string,
  prefix: string,
  interfaces: RegExp,
  aliases: RegExp,
  defs: JsonObject,
): void {
  for (const match of source.matchAll(interfaces)) {
    defs[prefix + match[1]] = new TypeReader(source.slice(match.index + match[0].length - 1), prefix).type();
  }
  for (const match of source.matchAll(aliases)) {
    defs[prefix + match[1]] = new TypeReader(match[2] ?? '', prefix).type();
  }
}

class TypeReader {
  readonly #tokens: string[];
  readonly #prefix: string;
  #at = 0;

  constructor(source: string, prefix: string) {
    this.#tokens = source.match(/'[^']*'|[\w.]+|[^\s\w]/g) ?? [];
    this.#prefix = prefix;
  }

  type(): JsonObject {
    this.#take('|');
    const options = [this.#several()];
    while (this.#take('|')) options.push(this.#several());
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { anyOf: options };
  }

  /** `A & {}` is how SDKs keep a union of literals open: the first part says it all. */
  #several(): JsonObject {
    const first = this.#one();
    while (this.#take('&')) this.#one();
    return first;
  }

  #one(): JsonObject {
    if (this.#take('(')) {
      const inner = this.type();
      this.#take(')');
      return inner;
    }
    if (this.#take('{')) return this.#members();
    const token = this.#next();
    if (token.startsWith("'")) return { const: token.slice(1, -1) };
    if (token === 'Array') {
      this.#take('<');
      const items = this.type();
      this.#take('>');
      return { type: 'array', items };
    }
    if (token === 'string' || token === 'number' || token === 'boolean' || token === 'null')
      return { type: token };
    if (token === 'true' || token === 'false') return { const: token === 'true' };
    if (/^\d/.test(token)) return { const: Number(token) };
    return token === 'unknown' || token === 'any' ? {} : { $ref: `#/$defs/${this.#named(token)}` };
  }

  /** Names inside a namespace may be qualified by the module. */
  #named(token: string): string {
    const name = token.replace(/^\w+API\.|^Messages\./, '');
    return this.#prefix !== '' && name === token && !name.includes('.') ? name : name;
  }

  #members(): JsonObject {
    const properties: JsonObject = {};
    const required: string[] = [];
    let open = false;
    while (!this.#take('}')) {
      if (this.#take('[')) {
        while (!this.#take(']')) this.#next();
        open = true;
      } else {
        this.#take('readonly');
        const name = this.#next().replace(/^'|'$/g, '');
        if (!this.#take('?')) required.push(name);
        this.#take(':');
        properties[name] = this.type();
        this.#take(';');
        continue;
      }
      this.#take(':');
      this.type();
      this.#take(';');
    }
    return { type: 'object', properties, required, additionalProperties: open };
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Error('a declaration ends too early');
    return token;
  }
}
