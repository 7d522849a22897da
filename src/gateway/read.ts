import { Fault } from '../core/fault.ts';
import { isJsonObject } from '../core/json.ts';
import type { HasCall, Stage } from './stage.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses the body, once, and asks the dialect what it says. */
export const read: Stage<unknown, HasCall> = {
  name: 'read',
  enter: (x) => {
    const body = parse(x.bytes);
    if (!isJsonObject(body)) throw new Fault('invalid_json', 'The body must be a JSON object.');
    x.call = { body, described: x.endpoint.dialect.describe(body), changed: false };
  },
};

function parse(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new Fault('invalid_json', 'The body is empty; send a JSON object.');
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw new Fault('invalid_json', `The body is not valid JSON in UTF-8${where(error)}.`);
  }
}

/** The position that the parser names; not its message, which quotes the body. */
function where(error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '');
  return position ? ` (error at character ${position[1]})` : '';
}
