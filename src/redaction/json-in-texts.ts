import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { TextPiece } from '../dialects/dialect.ts';
import { JsonText } from './json-text.ts';

/** Where the dialects have what the model says. */
const SAID_KEYS: ReadonlySet<string | number> = new Set(['content', 'text', 'delta']);

/** Whether the text of the answer is to be JSON: `response_format`, `text.format`, `output_config.format`. */
export function asksForJson({
  response_format: chat,
  text,
  output_config: output,
  output_format: old,
  generationConfig: gemini,
}: JsonObject): boolean {
  if (isJsonObject(gemini) && String(gemini.responseMimeType ?? gemini.response_mime_type).endsWith('/json'))
    return true;
  const formats = [chat, isJsonObject(text) && text.format, isJsonObject(output) && output.format, old];
  return formats.some((format) => isJsonObject(format) && String(format.type).startsWith('json'));
}

/** Whether it is what the model was asked to say: no thought, no summary of one, no refusal. */
export function isSaid({ holder, key, path }: TextPiece): boolean {
  const { type, thought } = holder as { readonly type?: unknown; readonly thought?: unknown };
  if (thought === true || !SAID_KEYS.has(key)) return false;
  return !/reason|think|summary|refusal/.test(`${type} ${path}`);
}

/**
 * Arguments are JSON. So is much of what tools and programs write into texts; there it matters where something in it
 * is escaped, for `\nJohn` and `M\u00fcller` are no names, and what is cut out of `\nbob@x.com` must not leave a backslash.
 */
export function readsAsJson({ json }: TextPiece, text: string): boolean {
  if (json) return isJson(text);
  return /^\s*[[{]/.test(text) && text.includes('\\') && isJson(text);
}

/** The texts that redaction will see of a piece: of JSON, each of its strings. */
export function stringsOf(piece: TextPiece, text: string): string[] {
  return readsAsJson(piece, text) ? stringsIn(text) : [text];
}

/** Each string of a JSON text, names of members included. */
export function stringsIn(json: string): string[] {
  const strings: string[] = [];
  const listen = (string = ''): string => {
    strings.push(string);
    return string;
  };
  new JsonText({ push: listen, end: listen }).end(json);
  return strings;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
