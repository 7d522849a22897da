import { isUtf8 } from 'node:buffer';
import type { FilePiece } from '../dialects/dialect.ts';

const DATA_URL = /^data:([^,;]{0,100})([^,]{0,200}),/;
const TEXTUAL =
  /^(?:text\/|message\/|application\/(?:(?:x-)?(?:json|ndjson|yaml|csv|javascript|sql|sh|toml|httpd-php)|xml|rtf|typescript|graphql)\b|[^;]{1,80}\+(?:json|xml|yaml)\b)/i;
const TEXT_NAME =
  /\.(?:txt|text|md|csv|tsv|json|jsonl|ndjson|xml|ya?ml|toml|ini|cfg|conf|env|properties|log|sql|html?|eml|vcf|ics|rtf|tex|srt|sh|[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cc|cpp|cs|php|swift)$/i;
/** Says nothing of what is in it. */
const UNTOLD = /^(?:application\/(?:octet-stream|unknown|binary|x-binary)|binary\/octet-stream)?$/i;
const BASE64 = /;base64$/i;
/** What of a file is looked at to see whether it is text: so many characters of base64. */
const GLANCE_CHARS = 1024;

/** A file that is text, and how to write it back. */
export interface TextFile {
  readonly text: string;
  readonly encoded: (text: string) => string;
}

/**
 * The text of a file that came in place, as a `data:` URL or in base64: where its media type or its name says that it
 * is text, and where neither says anything and it looks like it. undefined for all others.
 */
export function textFile({ value, holder, key }: FilePiece): TextFile | undefined {
  const url = DATA_URL.exec(value);
  if (url === null) {
    if (key !== 'data' && key !== 'file_data') return undefined;
    return isText(mediaTypeIn(holder), holder, value) ? base64File('', value) : undefined;
  }
  const [head, mediaType = '', parameters = ''] = url;
  const data = value.slice(head.length);
  // a data: URL without a media type is plain text (RFC 2397)
  if (mediaType !== '' && !isText(mediaType, holder, data)) return undefined;
  return BASE64.test(parameters) ? base64File(head, data) : percentFile(head, data);
}

/** As Anthropic, Gemini and Google's SDKs spell it. */
function mediaTypeIn(holder: object): string {
  const { media_type, mimeType, mime_type } = holder as Readonly<Record<string, unknown>>;
  return String(media_type ?? mimeType ?? mime_type ?? '');
}

function isText(mediaType: string, holder: object, data: string): boolean {
  if (TEXTUAL.test(mediaType)) return true;
  if (!UNTOLD.test(mediaType)) return false;
  const { filename } = holder as { readonly filename?: unknown };
  if (typeof filename === 'string' && TEXT_NAME.test(filename)) return true;
  const bytes = Buffer.from(data.slice(0, GLANCE_CHARS), 'base64').toString('latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell bytes from text
  return bytes !== '' && (!/^%PDF|[\0-\x08\x0e-\x1a]/.test(bytes) || charsetOf(bytes) !== undefined);
}

function base64File(head: string, data: string): TextFile {
  const bytes = Buffer.from(data, 'base64');
  const charset = charsetOf(bytes.subarray(0, 4).toString('latin1'), head);
  if (charset === 'utf-16be') {
    const swapped = Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
    const encoded = (text: string) => head + Buffer.from(text, 'utf16le').swap16().toString('base64');
    return { text: swapped.toString('utf16le'), encoded };
  }
  // of what is no UTF-8 each byte is a character, so that nothing else in it changes
  const encoding = charset === 'utf-16le' ? 'utf16le' : isUtf8(bytes) ? 'utf8' : 'latin1';
  return {
    text: bytes.toString(encoding),
    encoded: (text) => head + Buffer.from(text, encoding).toString('base64'),
  };
}

/** UTF-16, by its mark, by what the URL says, or by the zeros between its letters; undefined for all else. */
function charsetOf(beginning: string, head = ''): 'utf-16le' | 'utf-16be' | undefined {
  if (/^(?:\xff\xfe|[^\0]\0[^\0]\0)/.test(beginning) || /charset=utf-16le/i.test(head)) return 'utf-16le';
  if (/^(?:\xfe\xff|\0[^\0]\0[^\0])/.test(beginning) || /charset=utf-16(?:be)?\b/i.test(head))
    return 'utf-16be';
  return undefined;
}

function percentFile(head: string, data: string): TextFile {
  try {
    return { text: decodeURIComponent(data), encoded: (text) => head + encodeURIComponent(text) };
  } catch {
    return { text: data, encoded: (text) => head + text };
  }
}
