import { Fault } from '../../core/fault.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { StreamDialect, StreamPiece } from '../dialect.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { errorText } from '../openai-common/chunks.ts';
import { openAiError } from '../openai-common/faults.ts';
import { openAiUsage } from '../openai-common/usage.ts';
import { pushPart, pushWhole } from '../pieces.ts';
import { responseCutter } from './cut.ts';
import { type DeltaKind, EVENT_KINDS, KIND_BY_NAME, KINDS_BY_DONE, TERMINAL_TYPES } from './events.ts';

const NONE: readonly string[] = [];
const NOBODY: readonly number[] = [];
const ONLY: readonly number[] = [0];

/** The names of the first event, which brings the id, and of the terminal ones; usage and errors wherever they stand. */
const INTERESTING =
  /"response\.(?:created|completed|incomplete|failed)"|"type"\s*:\s*"error"|"(?:usage|error)"\s*:(?!\s*null)|\[DONE\]/;

function typeOf(event: JsonObject): string {
  return readText(event.type) ?? '';
}

function indexOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function channelOf(kind: DeltaKind, event: JsonObject): string {
  const item = `${indexOf(event.output_index)}/${kind.name}`;
  return kind.partKey === undefined ? item : `${item}/${indexOf(event[kind.partKey])}`;
}

/** `completed`, `failed`, or why it is incomplete: `max_output_tokens`, `content_filter`. */
export function responseFinish(response: JsonObject): string | undefined {
  const status = readText(response.status);
  if (status !== 'incomplete') return status;
  return readText(readObject(response.incomplete_details)?.reason) ?? status;
}

/** Removes the log probabilities, which repeat the raw tokens, from a response, an item, a part or an event. */
export function dropLogprobs(json: JsonObject): void {
  if (json.logprobs !== undefined) json.logprobs = [];
  for (const key of ['response', 'item', 'part']) {
    const inner = readObject(json[key]);
    if (inner !== undefined) dropLogprobs(inner);
  }
  for (const inner of [...objectsIn(json.output), ...objectsIn(json.content)]) dropLogprobs(inner);
}

export const responsesStream: StreamDialect = {
  cutter: responseCutter,

  terminator: '',

  interesting: (data) => INTERESTING.test(data),

  usage(event: JsonObject, before: Usage | undefined): Usage | undefined {
    const response = readObject(event.response);
    return (response && openAiUsage(response.usage, response)) ?? before;
  },

  finish(event: JsonObject): string | undefined {
    const response = readObject(event.response);
    return response !== undefined && TERMINAL_TYPES.has(typeOf(event)) ? responseFinish(response) : undefined;
  },

  completes: (event) => (TERMINAL_TYPES.has(typeOf(event)) ? ONLY : NOBODY),

  /** OpenAI's live API nests the error, its description has it flat; both are read. */
  error(event: JsonObject): string | undefined {
    const type = typeOf(event);
    if (type === 'error') return errorText(event.error ?? event.message) ?? 'error';
    if (type === 'response.failed') return errorText(readObject(event.response)?.error) ?? 'failed';
    // Compatible servers that answer in chat's manner.
    return type === '' ? errorText(event.error) : undefined;
  },

  pieces(event: JsonObject): StreamPiece[] {
    const type = typeOf(event);
    const kind = EVENT_KINDS.get(type);
    const out: StreamPiece[] = [];
    if (kind === 'text-free') return out;
    if (kind === undefined && (type !== '' || event.error === undefined)) throw unknownEvent(type);
    if (kind === 'whole' || kind === undefined) {
      for (const key of Object.keys(event)) pushWhole(out, event, key, key);
      return out;
    }
    for (const part of kind) {
      const channel = channelOf(part, event);
      if (part.member === undefined) pushPart(out, event, 'delta', channel, 'delta', part.json);
      else pushPart(out, event.delta, part.member, channel, `delta.${part.member}`, part.json);
    }
    return out;
  },

  closes(event: JsonObject): readonly string[] | 'all' {
    const type = typeOf(event);
    if (TERMINAL_TYPES.has(type) || type === 'error') return 'all';
    const item = `${indexOf(event.output_index)}/`;
    if (type === 'response.output_item.done') return [item];
    if (type === 'response.content_part.done') {
      const part = indexOf(event.content_index);
      return ['text', 'refusal', 'reasoning'].map((name) => `${item}${name}/${part}`);
    }
    return KINDS_BY_DONE.get(type)?.map((kind) => channelOf(kind, event)) ?? NONE;
  },

  /** With the sequence number of `like`, before which it goes out: numbers never decrease. */
  carrier(channel: string, text: string, like: JsonObject): JsonObject {
    const [item = '0', name = '', part = '0'] = channel.split('/');
    const kind = KIND_BY_NAME.get(name);
    if (kind === undefined) throw new RangeError(`not a channel of a response: ${channel}`);
    const outputIndex = Number(item);
    const event: JsonObject = { type: kind.deltaType };
    if (like.sequence_number !== undefined) event.sequence_number = like.sequence_number;
    event.item_id = itemId(like, outputIndex);
    event.output_index = outputIndex;
    if (kind.partKey !== undefined) event[kind.partKey] = Number(part);
    event.delta = kind.member === undefined ? text : { [kind.member]: text };
    if (name === 'text') event.logprobs = [];
    return event;
  },

  /** Usage is always reported. */
  requestUsage: () => false,

  usageOnly: () => false,

  setCost(event: JsonObject, costUsd: string): boolean {
    const usage = readObject(readObject(event.response)?.usage);
    if (usage !== undefined) usage.cost_usd = costUsd;
    return usage !== undefined;
  },

  frame: (event) => `event: ${typeOf(event) || 'error'}\ndata: ${JSON.stringify(event)}\n\n`,

  /**
   * The `error` event with its members both flat, as the API description has them, and nested, as the live API
   * sends them. The number of the last event is not known here, hence 0, which no reader has yet to see twice.
   */
  faultFrames(fault: Fault): string {
    const error = openAiError(fault);
    const { code = null, message = null, param = null } = error;
    return responsesStream.frame({ type: 'error', code, message, param, sequence_number: 0, error });
  },
};

/** The id of the item that a text belongs to, from the event at hand; '' where it does not say. */
function itemId(like: JsonObject, outputIndex: number): string {
  if (like.output_index === outputIndex) {
    const id = readText(like.item_id) ?? readText(readObject(like.item)?.id);
    if (id !== undefined) return id;
  }
  const output = objectsIn(readObject(like.response)?.output);
  return readText(output[outputIndex]?.id) ?? '';
}

function unknownEvent(type: string): Fault {
  return new Fault(
    'answer_blocked',
    `The provider streamed an event of the unknown type '${type.slice(0, 80)}', in which policed text could pass unseen.`,
  );
}
