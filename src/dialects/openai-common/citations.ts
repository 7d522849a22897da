import type { JsonObject } from '../../core/json.ts';
import type { Citation } from '../canonical/answer.ts';
import { readText } from '../fields.ts';

/** `{url, title, start_index, end_index}`: chat nests it under `url_citation`, responses do not. */
export function readUrlCitation(value: JsonObject | undefined): Citation | undefined {
  const url = readText(value?.url);
  if (value === undefined || url === undefined) return undefined;
  const { start_index: start, end_index: end } = value;
  return {
    url,
    title: readText(value.title) ?? url,
    quote: '',
    start: typeof start === 'number' ? start : undefined,
    end: typeof end === 'number' ? end : undefined,
  };
}

/** @param length of the text so far, for a citation that does not say where it belongs */
export function urlCitation({ url, title, start, end }: Citation, length: number): JsonObject {
  return { url, title, start_index: start ?? 0, end_index: end ?? length };
}
