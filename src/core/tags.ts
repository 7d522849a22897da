import { Fault } from './fault.ts';

const TAGS_MAX = 16;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** Printable ASCII; the comma separates tags. */
const VALUE = /^[\x20-\x2b\x2d-\x7e]{0,128}$/;

export type Tags = Readonly<Record<string, string>>;

/**
 * Reads the header `x-sluice-tags: env=prod,feature=search`. Spaces around names and values do not count; of
 * two tags with the same name the last one holds.
 *
 * @throws Fault `invalid_request` for anything else: a tag decides about policies and whose money is spent, so
 *   one that is misspelt is not dropped
 */
export function parseTags(header: string): Tags {
  const tags: Record<string, string> = {};
  let count = 0;
  for (const piece of header.split(',', TAGS_MAX + 1)) {
    if (piece.trim() === '') continue;
    count += 1;
    if (count > TAGS_MAX) throw bad(`at most ${TAGS_MAX} tags may be sent`);
    const equals = piece.indexOf('=');
    const name = piece.slice(0, Math.max(0, equals)).trim();
    const value = piece.slice(equals + 1).trim();
    if (!NAME.test(name) || name === '__proto__') {
      throw bad(
        'each tag is name=value, the name of letters, digits, "_", "." and "-", at most 64 characters',
      );
    }
    if (!VALUE.test(value))
      throw bad(`the value of ${name} must be printable ASCII of at most 128 characters`);
    tags[name] = value;
  }
  return tags;
}

/** The tags of a request: those of its header, and those of its key, which a caller cannot change. */
export function requestTags(header: string | string[] | undefined, keyTags: Tags): Tags {
  if (header === undefined) return keyTags;
  return { ...parseTags(Array.isArray(header) ? header.join(',') : header), ...keyTags };
}

function bad(rule: string): Fault {
  return new Fault('invalid_request', `The header x-sluice-tags cannot be read: ${rule}.`, {
    param: 'x-sluice-tags',
  });
}
