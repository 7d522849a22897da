/**
 * What a message and the events of its stream must look like. Members that came to the API after 2023 are missing in
 * older answers of Anthropic's own, so their absence is no fault; whoever mends an answer adds them.
 */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { objectsIn, readText } from '../fields.ts';
import { type Mender, type MendFacts, mendInPlace, noteLost, refuseNoAnswer } from '../forms/mender.ts';
import {
  amount,
  anything,
  byType,
  fixed,
  list,
  noneOf,
  nullable,
  object,
  orElse,
  text,
} from '../forms/shape.ts';

const STRING = text();
const COUNT = amount();
const MAYBE_COUNT = nullable(COUNT);
const NULL = nullable(anything(null));

/** The words of chat completions, which compatible servers forget to translate. */
const MEANT: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};
/** Words that are not known here may be new ones of Anthropic's. */
const STOP_REASON = nullable(noneOf(['', ...Object.keys(MEANT)]));

const CACHE_COUNTS = { cache_creation_input_tokens: MAYBE_COUNT, cache_read_input_tokens: MAYBE_COUNT };
const LATE_USAGE = { ...CACHE_COUNTS, output_tokens_details: NULL, server_tool_use: NULL };
const USAGE = object(
  { input_tokens: COUNT, output_tokens: COUNT },
  {},
  { ...LATE_USAGE, cache_creation: NULL, inference_geo: NULL, service_tier: NULL, speed: NULL },
);
const DELTA_USAGE = object({ output_tokens: COUNT }, {}, { ...LATE_USAGE, input_tokens: MAYBE_COUNT });

const BLOCK = byType(
  {
    text: object(
      { type: fixed('text'), text: STRING },
      {},
      { citations: nullable(list(byType({}, 'kept'))) },
    ),
    thinking: object({ type: fixed('thinking'), thinking: STRING, signature: STRING }),
    redacted_thinking: object({ type: fixed('redacted_thinking'), data: STRING }),
    tool_use: object(
      { type: fixed('tool_use'), id: STRING, name: STRING, input: object({}) },
      {},
      { caller: orElse(byType({}, 'kept'), { type: 'direct' }) },
    ),
  },
  'kept',
);
const DELTA = byType(
  {
    text_delta: object({ type: fixed('text_delta'), text: STRING }),
    input_json_delta: object({ type: fixed('input_json_delta'), partial_json: STRING }),
    thinking_delta: object({ type: fixed('thinking_delta'), thinking: STRING }),
    signature_delta: object({ type: fixed('signature_delta'), signature: STRING }),
  },
  'kept',
);

const LATE = { container: NULL, stop_details: NULL };
const MESSAGE = object(
  {
    id: STRING,
    type: fixed('message'),
    role: fixed('assistant'),
    content: list(BLOCK),
    model: STRING,
    stop_reason: STOP_REASON,
    stop_sequence: nullable(STRING),
    usage: USAGE,
  },
  {},
  { ...LATE, diagnostics: NULL },
);

const EVENT = byType(
  {
    message_start: object({ type: fixed('message_start'), message: MESSAGE }),
    content_block_start: object({
      type: fixed('content_block_start'),
      index: COUNT,
      content_block: orElse(BLOCK, { type: 'text', text: '', citations: null }),
    }),
    content_block_delta: object({
      type: fixed('content_block_delta'),
      index: COUNT,
      delta: orElse(DELTA, { type: 'text_delta', text: '' }),
    }),
    content_block_stop: object({ type: fixed('content_block_stop'), index: COUNT }),
    message_delta: object({
      type: fixed('message_delta'),
      delta: object({ stop_reason: STOP_REASON, stop_sequence: nullable(STRING) }, {}, LATE),
      usage: DELTA_USAGE,
    }),
  },
  'kept',
);

export class MessageMender implements Mender {
  readonly #facts: MendFacts;
  /** Of a stream: the block that is open. */
  #block = 0;

  constructor(facts: MendFacts) {
    this.#facts = facts;
  }

  whole(body: JsonObject, usage?: Usage): readonly string[] | undefined {
    return mendInPlace(MESSAGE, body, (broken) => {
      refuseNoAnswer(broken.type === 'message' || Array.isArray(broken.content));
      if (!isJsonObject(broken.usage) && usage !== undefined) {
        broken.usage = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
      }
      this.#message(broken);
    });
  }

  event(event: JsonObject): boolean {
    const lost = mendInPlace(EVENT, event, (broken) => this.#event(broken));
    if (event.type === 'content_block_start') this.#block = Number(event.index);
    if (lost === undefined || readText(event.type) === undefined) return false;
    noteLost(event, lost);
    return true;
  }

  #event(event: JsonObject): void {
    if (isJsonObject(event.message)) this.#message(event.message);
    if (isJsonObject(event.content_block))
      prepareBlock(event.content_block, `${this.#facts.id}_${event.index}`);
    if (isJsonObject(event.delta) && event.type === 'message_delta') nameStop(event.delta);
    if (readText(event.type)?.startsWith('content_block_')) event.index ??= this.#block;
  }

  #message(message: JsonObject): void {
    const { id, model } = this.#facts;
    message.id ??= `msg_${id}`;
    message.model ??= model;
    nameStop(message);
    if (typeof message.content === 'string') message.content = [{ type: 'text', text: message.content }];
    objectsIn(message.content).forEach((block, index) => {
      prepareBlock(block, `${id}_${index}`);
    });
  }
}

function nameStop(holder: JsonObject): void {
  const meant = MEANT[String(holder.stop_reason)];
  if (meant !== undefined) holder.stop_reason = meant;
}

function prepareBlock(block: JsonObject, id: string): void {
  if (typeof block.text === 'string') block.type ??= 'text';
  if (block.type === 'tool_use') block.id ??= `toolu_${id}`;
}
