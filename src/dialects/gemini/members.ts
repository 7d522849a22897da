import type { Json, JsonObject } from '../../core/json.ts';

/**
 * Google's APIs take every member in camel case and in snake case, and clients send both. Reads one by its
 * camel-case name.
 */
export function member(object: JsonObject | undefined, name: string): Json | undefined {
  if (object === undefined) return undefined;
  const value = object[name] ?? object[snake(name)];
  return value === null ? undefined : value;
}

const SNAKES = new Map<string, string>();

function snake(name: string): string {
  let found = SNAKES.get(name);
  if (found === undefined) {
    found = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    SNAKES.set(name, found);
  }
  return found;
}

/** Names in both spellings. */
export function spelled(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].flatMap((name) => [name, snake(name)]));
}
