import type { Readable } from 'node:stream';
import { Fault } from '../core/fault.ts';
import { isJsonObject } from '../core/json.ts';
import { membersKept, membersWritten, repeatedMember } from '../core/json-text.ts';
import { type Arrival, Call, type HasCall, type Stage } from './stage.ts';
import { clientClosed } from './walk.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** The deepest that any house looks into a body; real ones stay below twenty. */
const MAX_DEPTH = 128;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** Reads and parses the body, once, and asks the dialect what it says. @param limitBytes largest body */
export function read(limitBytes: number): Stage<unknown, HasCall> {
  return {
    name: 'read',
    enter: async (x) => {
      requireJson(x);
      if (x.declaredBytes > limitBytes) throw tooLarge(limitBytes);
      x.bytes = await collect(x.payload, limitBytes);
      const body = parse(x.bytes);
      x.call = new Call(body, x.endpoint.dialect.describe(body), x.bytes);
    },
  };
}

function requireJson({ headers }: Arrival): void {
  const type = headers['content-type'] ?? '';
  if (!JSON_TYPE.test(type)) {
    throw new Fault(
      'unsupported_media_type',
      `Send content-type: application/json${type === '' ? '' : `, not ${type.slice(0, 80)}`}.`,
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Fault(
      'unsupported_media_type',
      `Send the body without content-encoding (got ${encoding.slice(0, 40)}).`,
    );
  }
}

/** The connection stays: closing it on a client that still writes would take the answer away from it. */
function tooLarge(limitBytes: number): Fault {
  return new Fault(
    'body_too_large',
    `The body is larger than the limit of ${limitBytes} bytes (server.body_limit_bytes).`,
  );
}

function collect(payload: Readable, limitBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const over = (): void => {
      payload.off('data', more).off('end', done).off('error', broken).off('close', broken);
    };
    const more = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        over();
        // what is still to come is read to be thrown away
        payload.resume();
        reject(tooLarge(limitBytes));
      } else chunks.push(chunk);
    };
    const done = (): void => {
      over();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    };
    const broken = (): void => {
      over();
      reject(clientClosed());
    };
    payload.on('data', more).on('end', done).on('error', broken).on('close', broken);
  });
}

function parse(bytes: Uint8Array): HasCall['call']['body'] {
  if (bytes.length === 0) throw new Fault('invalid_json', 'The body is empty; send a JSON object.');
  const text = decoded(bytes);
  const written = membersWritten(text, MAX_DEPTH);
  if (written < 0)
    throw new Fault('invalid_request', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Fault('invalid_json', `The body is not valid JSON${where(error)}.`);
  }
  if (!isJsonObject(body)) throw new Fault('invalid_json', 'The body must be a JSON object.');
  if (membersKept(body) !== written) throw repeated(text);
  return body;
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Fault('invalid_json', 'The body is not valid UTF-8.');
  }
}

/** Which of the two the provider would read nobody here knows, so policy would judge a guess. */
function repeated(text: string): Fault {
  const name = repeatedMember(text)?.slice(0, 64) ?? '';
  return new Fault(
    'invalid_request',
    `The body has the member ${JSON.stringify(name)} twice in one object; send each name once.`,
    { param: name },
  );
}

/** The position that the parser names; not its message, which quotes the body. */
function where(error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '');
  return position ? ` (error at character ${position[1]})` : '';
}
