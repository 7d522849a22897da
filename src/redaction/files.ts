import type { FilePiece } from '../dialects/dialect.ts';

const DATA_URL = /^data:([^,;]{0,100})([^,]{0,200}),/;
const TEXTUAL =
  /^(?:text\/|application\/(?:json|x-ndjson|xml|yaml|csv|javascript|sql)\b|[^;]{1,80}\+(?:json|xml)\b)/i;
const BASE64 = /;base64$/i;

/** A file that is text, and how to write it back. */
export interface TextFile {
  readonly text: string;
  readonly encoded: (text: string) => string;
}

/** The text of a file that came in place: a `data:` URL, or base64 beside a media type; undefined for all others. */
export function textFile({ value, holder }: FilePiece): TextFile | undefined {
  const url = DATA_URL.exec(value);
  if (url === null) {
    const { media_type: mediaType } = holder as { readonly media_type?: unknown };
    return typeof mediaType === 'string' && TEXTUAL.test(mediaType) ? base64File('', value) : undefined;
  }
  const [head, mediaType = '', parameters = ''] = url;
  // a data: URL without a media type is plain text (RFC 2397)
  if (mediaType !== '' && !TEXTUAL.test(mediaType)) return undefined;
  const data = value.slice(head.length);
  return BASE64.test(parameters) ? base64File(head, data) : percentFile(head, data);
}

function base64File(head: string, data: string): TextFile {
  return {
    text: Buffer.from(data, 'base64').toString('utf8'),
    encoded: (text) => head + Buffer.from(text, 'utf8').toString('base64'),
  };
}

function percentFile(head: string, data: string): TextFile {
  try {
    return { text: decodeURIComponent(data), encoded: (text) => head + encodeURIComponent(text) };
  } catch {
    return { text: data, encoded: (text) => head + text };
  }
}
