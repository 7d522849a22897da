import { Fault } from '../../core/fault.ts';
import type { JsonObject } from '../../core/json.ts';
import type { StreamDialect } from '../dialect.ts';
import { openAiFaultBody } from './faults.ts';

/**
 * The streaming side of a dialect that does not stream (embeddings, moderations, token counts). A provider
 * that streams all the same is looked at in full, and whoever polices the text blocks it.
 */
export const unstreamed: StreamDialect = {
  terminator: '',
  interesting: () => true,
  usage: (_event, before) => before,
  finish: () => undefined,
  completes: () => [],
  error: () => undefined,
  pieces(): never {
    throw new Fault('answer_blocked', 'The provider streamed an answer where this endpoint has no streams.');
  },
  closes: () => 'all',
  carrier: (_channel, _text, like) => like,
  requestUsage: () => false,
  usageOnly: () => false,
  setCost: () => false,
  frame: (event) => `data: ${JSON.stringify(event)}\n\n`,
  faultFrames: (fault) => `data: ${JSON.stringify(openAiFaultBody(fault))}\n\n`,
};

/** @throws Fault `invalid_request` where the body asks for a stream. */
export function refuseStream(body: JsonObject): void {
  if (body.stream === true) {
    throw new Fault('invalid_request', "This endpoint does not stream; leave 'stream' out.", {
      param: 'stream',
    });
  }
}
