/**
 * What JSON of a wire format must look like, said once: whether a value fits, and what it becomes where it does not.
 * Checks allocate nothing, since every answer is checked; mending changes the value in place. Members that a shape
 * does not name are a vendor's own and stay.
 */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export interface Shape {
  /** @param complete members that older answers lack count as missing, too */
  fits(value: Json, complete: boolean): boolean;
  /**
   * The nearest value that fits, where this one does not; undefined where nothing can stand in its place.
   * @param lost takes the path of what cannot be carried
   */
  mended(value: Json | undefined, path: string, lost: string[]): Json | undefined;
}

export type Members = Readonly<Record<string, Shape>>;

/** Says that a value is not carried; nothing is lost with what says nothing. */
function lose(value: Json | undefined, path: string, lost: string[]): void {
  if (value === undefined || value === null || value === '') return;
  if (typeof value === 'object' && Object.keys(value).length === 0) return;
  lost.push(path);
}

/** A string. Numbers and structures are written out. */
export function text(fallback = ''): Shape {
  return {
    fits: (value) => typeof value === 'string',
    mended: (value) =>
      value === undefined || value === null
        ? fallback
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
  };
}

/** A whole number. Numerals in strings and fractions become one. */
export function whole(fallback = 0): Shape {
  return {
    fits: (value) => Number.isSafeInteger(value),
    mended(value, path, lost) {
      const read = numberIn(value);
      if (read !== undefined && Number.isSafeInteger(Math.round(read))) return Math.round(read);
      lose(value, path, lost);
      return fallback;
    },
  };
}

/** Any number within these bounds. */
export function amount(
  fallback = 0,
  least = Number.NEGATIVE_INFINITY,
  most = Number.POSITIVE_INFINITY,
): Shape {
  return {
    fits: (value) => typeof value === 'number' && value >= least && value <= most,
    mended(value, path, lost) {
      const read = numberIn(value);
      if (read !== undefined) return Math.min(Math.max(read, least), most);
      lose(value, path, lost);
      return fallback;
    },
  };
}

function numberIn(value: Json | undefined): number | undefined {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

export function flag(fallback: boolean): Shape {
  return {
    fits: (value) => typeof value === 'boolean',
    mended(value, path, lost) {
      lose(value, path, lost);
      return fallback;
    },
  };
}

/** One of these words; without a fallback, another one is left out. */
export function oneOf(words: readonly string[], fallback?: string): Shape {
  return {
    fits: (value) => words.includes(value as string),
    mended(value, path, lost) {
      lose(value, path, lost);
      return fallback;
    },
  };
}

/** A string, but none of these words, which mean something else elsewhere. */
export function noneOf(words: readonly string[]): Shape {
  return {
    fits: (value) => typeof value === 'string' && !words.includes(value),
    mended(value, path, lost) {
      lose(value, path, lost);
      return undefined;
    },
  };
}

/** Always the same word, so that nothing is lost with another one. */
export function fixed(word: string): Shape {
  return { fits: (value) => value === word, mended: () => word };
}

/** Whatever the vendor says, as long as something stands there. */
export function anything(fallback: Json): Shape {
  return { fits: () => true, mended: () => structuredClone(fallback) };
}

export function nullable(shape: Shape): Shape {
  return {
    fits: (value, complete) => value === null || shape.fits(value, complete),
    mended: (value, path, lost) =>
      value === undefined || value === null ? null : (shape.mended(value, path, lost) ?? null),
  };
}

/** What nothing else can stand for becomes this. */
export function orElse(shape: Shape, fallback: Json): Shape {
  return {
    fits: (value, complete) => shape.fits(value, complete),
    mended: (value, path, lost) => shape.mended(value, path, lost) ?? structuredClone(fallback),
  };
}

/** The first of the shapes that fits, else the last one. */
export function either(...shapes: readonly [Shape, ...Shape[]]): Shape {
  return {
    fits: (value, complete) => shapes.some((shape) => shape.fits(value, complete)),
    mended: (value, path, lost) => shapes.at(-1)?.mended(value, path, lost),
  };
}

/** An array; items that nothing can stand for are left out. */
export function list(item: Shape): Shape {
  return {
    fits(value, complete) {
      if (!Array.isArray(value)) return false;
      for (const one of value) if (!item.fits(one, complete)) return false;
      return true;
    },
    mended(value, path, lost) {
      if (!Array.isArray(value)) {
        if (!isJsonObject(value)) lose(value, path, lost);
        return isJsonObject(value) ? mendedItems([value], item, path, lost) : [];
      }
      return mendedItems(value, item, path, lost);
    },
  };
}

/** Many numbers: as a list of amounts, checked in a tenth of the time. */
export function numbers(): Shape {
  const { mended } = list(amount());
  return {
    fits(value) {
      if (!Array.isArray(value)) return false;
      for (const one of value) if (typeof one !== 'number') return false;
      return true;
    },
    mended,
  };
}

function mendedItems(items: readonly Json[], item: Shape, path: string, lost: string[]): Json[] {
  const made: Json[] = [];
  items.forEach((one, index) => {
    const kept = item.fits(one, true) ? one : item.mended(one, `${path}[${index}]`, lost);
    if (kept !== undefined) made.push(kept);
  });
  return made;
}

/** An object of which only the values are known. */
export function map(shape: Shape): Shape {
  return {
    fits: (value, complete) =>
      isJsonObject(value) && Object.values(value).every((member) => shape.fits(member, complete)),
    mended(value, path, lost) {
      if (!isJsonObject(value)) {
        lose(value, path, lost);
        return {};
      }
      for (const [key, member] of Object.entries(value)) {
        if (!shape.fits(member, true)) put(value, key, shape.mended(member, `${path}.${key}`, lost));
      }
      return value;
    },
  };
}

interface Member {
  readonly name: string;
  readonly shape: Shape;
  /** `late`: came to the API after others; its absence is no fault, but whoever mends adds it. */
  readonly presence: 'needed' | 'optional' | 'late';
}

function membersOf(members: Members, presence: Member['presence']): Member[] {
  return Object.entries(members).map(([name, shape]) => ({ name, shape, presence }));
}

export function object(needs: Members, may: Members = {}, late: Members = {}): Shape {
  const members = [...membersOf(needs, 'needed'), ...membersOf(may, 'optional'), ...membersOf(late, 'late')];
  return {
    fits(value, complete) {
      if (!isJsonObject(value)) return false;
      for (const { name, shape, presence } of members) {
        const member = value[name];
        if (member === undefined) {
          if (presence === 'needed' || (complete && presence === 'late')) return false;
        } else if (!shape.fits(member, complete)) return false;
      }
      return true;
    },
    mended(value, path, lost) {
      if (!isJsonObject(value)) lose(value, path, lost);
      const made = isJsonObject(value) ? value : {};
      for (const member of members) mendMember(made, member, path, lost);
      return made;
    },
  };
}

function mendMember(
  holder: JsonObject,
  { name, shape, presence }: Member,
  path: string,
  lost: string[],
): void {
  const value = holder[name];
  if (value === undefined ? presence === 'optional' : shape.fits(value, true)) return;
  const optional = presence === 'optional' && value === null;
  put(holder, name, optional ? undefined : shape.mended(value, path === '' ? name : `${path}.${name}`, lost));
}

function put(holder: JsonObject, name: string, value: Json | undefined): void {
  if (value === undefined) delete holder[name];
  else holder[name] = value;
}

/**
 * Objects told apart by their `type`.
 * @param unknown what becomes of a type that is not named: `kept` as the vendor's own, or left out
 */
export function byType(types: Members, unknown: 'kept' | 'dropped'): Shape {
  const shapes = new Map(Object.entries(types));
  return {
    fits(value, complete) {
      if (!isJsonObject(value) || typeof value.type !== 'string') return false;
      return shapes.get(value.type)?.fits(value, complete) ?? unknown === 'kept';
    },
    mended(value, path, lost) {
      const shape = isJsonObject(value) ? shapes.get(value.type as string) : undefined;
      if (shape !== undefined) return shape.mended(value, path, lost);
      lose(value, path, lost);
      return undefined;
    },
  };
}
