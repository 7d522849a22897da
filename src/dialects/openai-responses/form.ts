/** What a response and the events of its stream must look like, and what vendors mean by what does not. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { type Mender, type MendFacts, mendInPlace, noteLost, refuseNoAnswer } from '../forms/mender.ts';
import {
  amount,
  byType,
  either,
  fixed,
  flag,
  list,
  type Members,
  map,
  nullable,
  object,
  oneOf,
  orElse,
  type Shape,
  text,
  whole,
} from '../forms/shape.ts';
import { dropEmptyUsage, nameTier, RESPONSE_TIER, RESPONSE_USAGE } from '../openai-common/form.ts';
import { ANNOTATION, ITEM, PART, prepareItem, TOOL } from './form-items.ts';

const STRING = text();
const NULLABLE_TEXT = nullable(STRING);
const STATUSES = ['completed', 'failed', 'in_progress', 'cancelled', 'queued', 'incomplete'];
const ERROR_CODES = [
  'server_error',
  'rate_limit_exceeded',
  'invalid_prompt',
  'data_residency_mismatch',
  'bio_policy',
  'vector_store_timeout',
  'invalid_image',
  'invalid_image_format',
  'invalid_base64_image',
  'invalid_image_url',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'image_content_policy_violation',
  'invalid_image_mode',
  'image_file_too_large',
  'unsupported_image_media_type',
  'empty_image_file',
  'failed_to_download_image',
  'image_file_not_found',
];

const FORMAT = byType(
  {
    text: object({}),
    json_object: object({}),
    json_schema: object({ name: STRING, schema: object({}) }),
  },
  'dropped',
);
const EFFORT = nullable(oneOf(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']));
const SUMMARY_STYLE = nullable(oneOf(['auto', 'concise', 'detailed']));

const RESPONSE = object(
  {
    id: STRING,
    object: fixed('response'),
    created_at: amount(),
    error: nullable(object({ code: oneOf(ERROR_CODES, 'server_error'), message: STRING })),
    incomplete_details: nullable(object({}, { reason: oneOf(['max_output_tokens', 'content_filter']) })),
    instructions: nullable(either(list(object({})), STRING)),
    model: STRING,
    tools: list(TOOL),
    output: list(ITEM),
    parallel_tool_calls: flag(true),
    metadata: nullable(map(STRING)),
    tool_choice: either(object({ type: STRING }), oneOf(['none', 'auto', 'required'], 'auto')),
    temperature: nullable(amount(1, 0, 2)),
    top_p: nullable(amount(1, 0, 1)),
  },
  {
    status: oneOf(STATUSES, 'completed'),
    service_tier: RESPONSE_TIER,
    truncation: nullable(oneOf(['auto', 'disabled'])),
    completed_at: nullable(amount()),
    reasoning: nullable(object({}, { effort: EFFORT, summary: SUMMARY_STYLE })),
    output_text: NULLABLE_TEXT,
    usage: nullable(RESPONSE_USAGE),
    max_output_tokens: nullable(whole()),
    max_tool_calls: nullable(whole()),
    previous_response_id: NULLABLE_TEXT,
    background: nullable(flag(false)),
    text: object({}, { format: orElse(FORMAT, { type: 'text' }) }),
    top_logprobs: nullable(whole()),
    user: NULLABLE_TEXT,
    safety_identifier: NULLABLE_TEXT,
    prompt_cache_key: NULLABLE_TEXT,
  },
);

const SUMMARY_PART = object({ type: fixed('summary_text'), text: STRING });

/** By name, what the members of events are. */
const MEMBERS: Members = {
  output_index: whole(),
  content_index: whole(),
  summary_index: whole(),
  annotation_index: whole(),
  partial_image_index: whole(),
  command_index: whole(),
  item_id: STRING,
  delta: STRING,
  text: STRING,
  arguments: STRING,
  code: STRING,
  input: STRING,
  command: STRING,
  partial_image_b64: STRING,
  response: RESPONSE,
  item: orElse(ITEM, { type: 'message', id: '', role: 'assistant', status: 'completed', content: [] }),
  part: orElse(PART, { type: 'output_text', text: '', annotations: [] }),
};

const AT = 'item_id output_index';
const IN = `${AT} content_index`;
const STEPS: readonly (readonly [string, string])[] = [
  ['code_interpreter_call', 'in_progress interpreting completed'],
  ['file_search_call', 'in_progress searching completed'],
  ['web_search_call', 'in_progress searching completed'],
  ['image_generation_call', 'in_progress generating completed'],
  ['mcp_call', 'in_progress completed failed'],
  ['mcp_list_tools', 'in_progress completed failed'],
];

/** What each event has beside `type` and `sequence_number`. */
const EVENTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['created', 'queued', 'in_progress', 'completed', 'incomplete', 'failed'].map((type) => [
      type,
      'response',
    ]),
  ),
  ...Object.fromEntries(
    STEPS.flatMap(([call, steps]) => steps.split(' ').map((step) => [`${call}.${step}`, AT])),
  ),
  'output_item.added': 'output_index item',
  'output_item.done': 'output_index item',
  'content_part.added': `${IN} part`,
  'content_part.done': `${IN} part`,
  'output_text.delta': `${IN} delta`,
  'output_text.done': `${IN} text`,
  'refusal.delta': `${IN} delta`,
  'refusal.done': IN,
  'reasoning_text.delta': `${IN} delta`,
  'reasoning_text.done': `${IN} text`,
  'reasoning_summary_text.delta': `${AT} summary_index delta`,
  'reasoning_summary_text.done': `${AT} summary_index text`,
  'function_call_arguments.delta': `${AT} delta`,
  'function_call_arguments.done': `${AT} arguments`,
  'mcp_call_arguments.delta': `${AT} delta`,
  'mcp_call_arguments.done': `${AT} arguments`,
  'custom_tool_call_input.delta': `${AT} delta`,
  'custom_tool_call_input.done': `${AT} input`,
  'code_interpreter_call_code.delta': `${AT} delta`,
  'code_interpreter_call_code.done': `${AT} code`,
  'image_generation_call.partial_image': `${AT} partial_image_index partial_image_b64`,
  'audio.delta': 'delta',
  'audio.transcript.delta': 'delta',
};

const NUMBERED = { sequence_number: whole() };
/** Members that some of them have. */
const SOMETIMES: Members = { logprobs: list(object({ token: STRING, logprob: amount() })), name: STRING };

function eventShape(type: string, names: string): Shape {
  const members: Record<string, Shape> = {};
  for (const name of names.split(' ')) members[name] = MEMBERS[name] as Shape;
  return object({ type: fixed(type), ...NUMBERED, ...members }, SOMETIMES);
}

const PLACED: Members = { item_id: STRING, output_index: whole(), ...NUMBERED };

/** Events of other types are the vendor's own. */
const EVENT = byType(
  {
    ...Object.fromEntries(
      Object.entries(EVENTS).map(([name, names]) => {
        const type = `response.${name}`;
        return [type, eventShape(type, names)];
      }),
    ),
    'response.reasoning_summary_part.added': object({
      ...PLACED,
      summary_index: whole(),
      part: SUMMARY_PART,
    }),
    'response.reasoning_summary_part.done': object({ ...PLACED, summary_index: whole(), part: SUMMARY_PART }),
    'response.output_text.annotation.added': object({
      ...PLACED,
      content_index: whole(),
      annotation_index: whole(),
      annotation: nullable(ANNOTATION),
    }),
  },
  'kept',
);

export class ResponseMender implements Mender {
  readonly #facts: MendFacts;
  /** Ids of a stream's items by their place. */
  readonly #ids = new Map<number, string>();
  #sequence = -1;

  constructor(facts: MendFacts) {
    this.#facts = facts;
  }

  whole(body: JsonObject): readonly string[] | undefined {
    return mendInPlace(RESPONSE, body, (broken) => {
      refuseNoAnswer(Array.isArray(broken.output) || broken.object === 'response');
      this.#response(broken);
    });
  }

  event(event: JsonObject): boolean {
    const lost = mendInPlace(EVENT, event, (broken) => this.#event(broken));
    if (typeof event.sequence_number === 'number') this.#sequence = event.sequence_number;
    const id = readText(readObject(event.item)?.id);
    if (id !== undefined) this.#ids.set(Number(event.output_index), id);
    if (lost === undefined || readText(event.type) === undefined) return false;
    noteLost(event, lost);
    return true;
  }

  #event(event: JsonObject): void {
    event.sequence_number ??= this.#sequence + 1;
    const place = typeof event.output_index === 'number' ? event.output_index : 0;
    const status = event.type === 'response.output_item.added' ? 'in_progress' : 'completed';
    if (isJsonObject(event.response)) this.#response(event.response);
    else if (isJsonObject(event.item)) prepareItem(event.item, `${this.#facts.id}_${place}`, status);
    else event.item_id ??= this.#ids.get(place) ?? '';
  }

  #response(response: JsonObject): void {
    const { id, model, nowMs } = this.#facts;
    response.id ??= `resp_${id}`;
    response.model ??= model;
    response.created_at ??= Math.floor(nowMs / 1000);
    nameTier(response, this.#facts);
    dropEmptyUsage(response, ['input_tokens', 'output_tokens']);
    objectsIn(response.output).forEach((item, place) => {
      prepareItem(item, `${id}_${place}`, 'completed');
    });
  }
}
