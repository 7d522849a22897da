/**
 * How one record lies in a segment: RS, length, checksum, JSON, LF — a JSON text sequence (RFC 7464) whose
 * every text is preceded by its length in bytes and its CRC-32, both as 8 hexadecimal digits:
 *
 *     ␞0000012a 9bd366ae {"v":1,…}␊
 *
 * JSON cannot hold a raw RS (0x1E), so after damage the next RS is the next place where a record may begin; and
 * an operator can read a segment with `cut` and `jq`.
 */
import { crc32 } from 'node:zlib';

const RS = 0x1e;
const LF = 0x0a;
const SPACE = 0x20;
/** RS, 8 digits, space, 8 digits, space. */
const HEAD_BYTES = 19;

const hex8 = (value: number): string => value.toString(16).padStart(8, '0');

/** What stands in the file for a record. */
export function frame(json: string): string {
  return `\x1e${hex8(Buffer.byteLength(json))} ${hex8(crc32(json))} ${json}\n`;
}

/** Bytes from `start` up to `end` (exclusive). */
export interface Region {
  readonly start: number;
  readonly end: number;
}

export interface Scan {
  readonly records: string[];
  /** What is no intact record; never overlapping, in order. */
  readonly corrupt: Region[];
  /** Where to go on: everything before is either a record or corrupt. */
  readonly next: number;
}

/**
 * Reads frames from `from` on, at most `maxRecords`. Whatever is not a whole record with the right checksum is
 * corrupt, up to the next RS; whatever comes after is read again.
 *
 * @param final nothing follows these bytes; else a frame that is cut off at their end is left for the next scan
 */
export function scan(bytes: Buffer, from: number, final: boolean, maxRecords = Infinity): Scan {
  const records: string[] = [];
  const corrupt: Region[] = [];
  let at = from;
  while (at < bytes.length && records.length < maxRecords) {
    const end = frameEnd(bytes, at);
    if (end > bytes.length && !final) break;
    if (end > 0 && end <= bytes.length && intact(bytes, at, end)) {
      records.push(bytes.toString('utf8', at + HEAD_BYTES, end - 1));
      at = end;
    } else {
      const start = at;
      const nextRs = bytes.indexOf(RS, at + 1);
      at = nextRs < 0 ? bytes.length : nextRs;
      const last = corrupt.at(-1);
      if (last?.end === start) corrupt[corrupt.length - 1] = { start: last.start, end: at };
      else corrupt.push({ start, end: at });
    }
  }
  return { records, corrupt, next: at };
}

/** Where the frame at `at` ends, by its own word; beyond the bytes when it is cut off; 0 when it is no frame. */
function frameEnd(bytes: Buffer, at: number): number {
  if (bytes[at] !== RS) return 0;
  if (at + HEAD_BYTES > bytes.length) return at + HEAD_BYTES;
  const length = readHex(bytes, at + 1);
  if (length < 0 || bytes[at + 9] !== SPACE || bytes[at + 18] !== SPACE) return 0;
  return at + HEAD_BYTES + length + 1;
}

function intact(bytes: Buffer, at: number, end: number): boolean {
  return bytes[end - 1] === LF && readHex(bytes, at + 10) === crc32(bytes.subarray(at + HEAD_BYTES, end - 1));
}

/** Eight lower-case hexadecimal digits, or −1. */
function readHex(bytes: Buffer, at: number): number {
  let value = 0;
  for (let index = at; index < at + 8; index += 1) {
    const code = bytes[index] ?? 0;
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
