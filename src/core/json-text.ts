/**
 * What parsing loses of a JSON text: how deep it is nested, and members that stand twice. The text itself goes to
 * the provider, so a body must not mean one thing here and another there (RFC 8259 §4: names SHOULD be unique).
 */
import { isJsonObject, type Json } from './json.ts';

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts the members of all objects in a text, those included that a parser drops for a later one of the same name.
 * One pass without recursion, to be made before parsing; of a text that is no JSON the number means nothing.
 * @returns -1 where it is nested deeper than `maxDepth`
 */
export function membersWritten(text: string, maxDepth: number): number {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at);
        break;
      case COLON:
        members++;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > maxDepth) return -1;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
    }
  }
  return members;
}

/** The members of all objects in a value; fewer than were written where one stood twice. */
export function membersKept(value: Json): number {
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') members += membersKept(item);
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      members++;
      const member = value[key];
      if (typeof member === 'object') members += membersKept(member);
    }
  }
  return members;
}

/** The first name that stands twice in one object of a valid JSON text. */
export function repeatedMember(text: string): string | undefined {
  const open: Set<string>[] = [];
  let name = '';
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    if (byte === QUOTE) {
      const end = stringEnd(text, at);
      name = JSON.parse(text.slice(at, end + 1));
      at = end;
    } else if (byte === COLON) {
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) open.push(new Set());
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) open.pop();
  }
  return undefined;
}

/** The index of the quote that ends the string which begins at `start`; the last index where none does. */
function stringEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}
