import type { Json, JsonObject } from '../../core/json.ts';
import { objectsIn, readText } from '../fields.ts';

const VALUES = ['stringValue', 'numberValue', 'boolValue', 'nullValue'] as const;

/** Arguments that Gemini streams value by value: `{jsonPath: "$.steps[0].name", stringValue: "Mi", willContinue}`. */
export class PartialArgs {
  readonly value: JsonObject = {};
  #continued: string | undefined;

  push(parts: Json | undefined): void {
    for (const part of objectsIn(parts)) {
      const path = readText(part.jsonPath);
      const member = VALUES.find((name) => part[name] !== undefined);
      if (path === undefined || member === undefined) continue;
      const value = member === 'nullValue' ? null : (part[member] ?? null);
      set(this.value, steps(path), value, this.#continued === path);
      this.#continued = part.willContinue === true ? path : undefined;
    }
  }
}

function steps(path: string): (string | number)[] {
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  );
}

/** @param goesOn the text is the next part of the one that is there */
function set(root: JsonObject, path: readonly (string | number)[], value: Json, goesOn: boolean): void {
  let holder: Record<string | number, Json> = root;
  path.forEach((step, depth) => {
    // A path from a provider must not reach what every object inherits.
    if (step === '__proto__') return;
    const next = path[depth + 1];
    if (next === undefined) {
      const before = goesOn ? holder[step] : undefined;
      holder[step] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
      return;
    }
    const found = holder[step];
    const inner = typeof found === 'object' && found !== null ? found : typeof next === 'number' ? [] : {};
    holder[step] = inner;
    holder = inner as Record<string | number, Json>;
  });
}
