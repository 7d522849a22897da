import { Fault } from '../../core/fault.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { StreamDialect, StreamPiece } from '../dialect.ts';
import { readObject, readText } from '../fields.ts';
import { errorText } from '../openai-common/chunks.ts';
import { pushPart, pushWhole } from '../pieces.ts';
import { messageCutter } from './cut.ts';
import { anthropicFaultBody } from './faults.ts';
import { anthropicUsage } from './usage.ts';

/** Channels: `0/text`, `0/thinking`, `0/partial_json`, `0/content` (compaction); the number is the block. */

const NONE: readonly string[] = [];
const NOBODY: readonly number[] = [];
const ONLY: readonly number[] = [0];

const INTERESTING =
  /"message_stop"|"type"\s*:\s*"error"|"(?:usage|error)"\s*:(?!\s*null)|"stop_reason"\s*:(?!\s*null)/;

/** Delta type → the member that holds its text. */
const DELTA_TEXT: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  input_json_delta: 'partial_json',
  compaction_delta: 'content',
};
const DELTA_TYPE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(DELTA_TEXT).map(([type, member]) => [member, type]),
);

function blockIndex(event: JsonObject): number {
  return typeof event.index === 'number' ? event.index : 0;
}

function isError(event: JsonObject): boolean {
  return event.type === 'error' || (event.error !== undefined && event.error !== null);
}

export const messagesStream: StreamDialect = {
  cutter: messageCutter,

  terminator: '',

  interesting: (data) => INTERESTING.test(data),

  usage(event: JsonObject, before: Usage | undefined): Usage | undefined {
    return anthropicUsage(event.usage ?? readObject(event.message)?.usage, before);
  },

  finish(event: JsonObject): string | undefined {
    return event.type === 'message_delta' ? readText(readObject(event.delta)?.stop_reason) : undefined;
  },

  completes: (event) => (event.type === 'message_stop' ? ONLY : NOBODY),

  error: (event) => (isError(event) ? (errorText(event.error) ?? 'error') : undefined),

  pieces(event: JsonObject): StreamPiece[] {
    const out: StreamPiece[] = [];
    switch (event.type) {
      case 'content_block_delta':
        deltaPieces(out, event);
        break;
      case 'content_block_start':
        blockPieces(out, readObject(event.content_block) ?? {}, blockIndex(event));
        break;
      case 'content_block_stop':
      case 'message_stop':
      case 'ping':
        break;
      case 'message_start':
      case 'message_delta':
      case 'error':
        for (const key of Object.keys(event)) pushWhole(out, event, key, key);
        break;
      default:
        throw unknown('an event', event.type);
    }
    return out;
  },

  closes(event: JsonObject): readonly string[] | 'all' {
    if (event.type === 'content_block_stop') return [`${blockIndex(event)}/`];
    // A second message_start begins anew: blocks of the first one get no more text.
    const over = event.type === 'message_delta' || event.type === 'message_stop';
    return over || event.type === 'message_start' || isError(event) ? 'all' : NONE;
  },

  carrier(channel: string, text: string): JsonObject {
    const [index = '0', member = 'text'] = channel.split('/');
    const type = DELTA_TYPE[member];
    if (type === undefined) throw new RangeError(`not a channel of a message: ${channel}`);
    return { type: 'content_block_delta', index: Number(index), delta: { type, [member]: text } };
  },

  /** Usage is always reported. */
  requestUsage: () => false,

  usageOnly: () => false,

  /** Only in the last report: what `message_start` says is not final. */
  setCost(event: JsonObject, costUsd: string): boolean {
    const usage = event.type === 'message_delta' ? readObject(event.usage) : undefined;
    if (usage !== undefined) usage.cost_usd = costUsd;
    return usage !== undefined;
  },

  frame: (event) => `event: ${readText(event.type) ?? 'error'}\ndata: ${JSON.stringify(event)}\n\n`,

  faultFrames: (fault, requestId) => messagesStream.frame(anthropicFaultBody(fault, requestId)),
};

function deltaPieces(out: StreamPiece[], event: JsonObject): void {
  const delta = readObject(event.delta) ?? {};
  const type = readText(delta.type) ?? '';
  const member = DELTA_TEXT[type];
  if (member !== undefined) {
    const json = member === 'partial_json';
    pushPart(out, delta, member, `${blockIndex(event)}/${member}`, `delta.${member}`, json);
  } else if (type === 'citations_delta') {
    pushWhole(out, delta, 'citation', 'delta.citation');
  } else if (type !== 'signature_delta') {
    throw unknown('a delta', delta.type);
  }
}

/** Text that a block begins with belongs to the channel of its deltas; everything else in it comes whole. */
function blockPieces(out: StreamPiece[], block: JsonObject, index: number): void {
  const member = block.type === 'text' || block.type === 'thinking' ? block.type : undefined;
  if (member !== undefined) pushPart(out, block, member, `${index}/${member}`, `content_block.${member}`);
  const origin = readText(block.type)?.endsWith('_result') ? 'tool' : 'assistant';
  for (const key of Object.keys(block)) {
    if (key !== member) pushWhole(out, block, key, `content_block.${key}`, origin);
  }
}

function unknown(what: string, type: Json | undefined): Fault {
  return new Fault(
    'answer_blocked',
    `The provider streamed ${what} of the unknown type '${String(type).slice(0, 80)}', in which policed text could pass unseen.`,
  );
}
