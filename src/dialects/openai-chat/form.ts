/** What chat completions must look like, whole and streamed, and what vendors mean by what does not. */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { brokenEnd } from '../canonical/relay.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { type Mender, type MendFacts, mendInPlace, noteLost, refuseNoAnswer } from '../forms/mender.ts';
import {
  amount,
  byType,
  fixed,
  list,
  map,
  nullable,
  object,
  oneOf,
  type Shape,
  text,
  whole,
} from '../forms/shape.ts';
import { chunkUsage } from '../openai-common/chunks.ts';
import { CHAT_USAGE, dropEmptyUsage, nameTier, SERVICE_TIER } from '../openai-common/form.ts';
import { FINISHES } from './read-answer.ts';

const ENDS = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call'];
const STRING = text();
const NULLABLE_TEXT = nullable(STRING);

const TOKEN = object({ token: STRING, logprob: amount(), bytes: nullable(list(whole())) });
const TOKENS = nullable(
  list(
    object({
      token: STRING,
      logprob: amount(),
      bytes: nullable(list(whole())),
      top_logprobs: list(TOKEN),
    }),
  ),
);
const LOGPROBS = nullable(object({ content: TOKENS }, { refusal: TOKENS }));

const CALL = byType(
  {
    function: object({
      id: STRING,
      type: fixed('function'),
      function: object({ name: STRING, arguments: STRING }),
    }),
    custom: object({ id: STRING, type: fixed('custom'), custom: object({ name: STRING, input: STRING }) }),
  },
  'dropped',
);
const CITATION = byType(
  {
    url_citation: object({
      type: fixed('url_citation'),
      url_citation: object({ end_index: whole(), start_index: whole(), url: STRING, title: STRING }),
    }),
  },
  'dropped',
);

const MESSAGE = object(
  { role: fixed('assistant'), content: NULLABLE_TEXT },
  {
    refusal: NULLABLE_TEXT,
    tool_calls: list(CALL),
    annotations: list(CITATION),
    function_call: object({ name: STRING, arguments: STRING }),
    audio: nullable(object({ id: STRING, expires_at: whole(), data: STRING, transcript: STRING })),
  },
);

/** Custom tools are streamed, too, although OpenAI's description knows functions only. */
const ANY_CALL_PART = object(
  { index: whole() },
  {
    id: STRING,
    type: oneOf(['function', 'custom'], 'function'),
    function: object({}, { name: STRING, arguments: STRING }),
  },
);
/** What begins a call says its type: OpenAI's SDK refuses calls that do not, whatever the description says. */
const CALL_PART: Shape = {
  fits: (value, complete) => ANY_CALL_PART.fits(value, complete) && !isUntyped(value),
  mended(value, path, lost) {
    const made = ANY_CALL_PART.mended(value, path, lost);
    if (isUntyped(made)) made.type = isJsonObject(made.custom) ? 'custom' : 'function';
    return made;
  },
};

function isUntyped(call: Json | undefined): call is JsonObject {
  return isJsonObject(call) && readText(call.id) !== undefined && call.type === undefined;
}

const DELTA = object(
  {},
  {
    role: oneOf(['developer', 'system', 'user', 'assistant', 'tool'], 'assistant'),
    content: NULLABLE_TEXT,
    refusal: NULLABLE_TEXT,
    tool_calls: list(CALL_PART),
    function_call: object({}, { name: STRING, arguments: STRING }),
  },
);

const ENVELOPE = { id: STRING, created: whole(), model: STRING };
const BESIDE = { service_tier: SERVICE_TIER, system_fingerprint: NULLABLE_TEXT };
const COMPLETION = object(
  {
    ...ENVELOPE,
    object: fixed('chat.completion'),
    choices: list(
      object(
        { index: whole(), message: MESSAGE, finish_reason: oneOf(ENDS, 'stop') },
        { logprobs: LOGPROBS },
      ),
    ),
  },
  { ...BESIDE, usage: CHAT_USAGE, metadata: nullable(map(STRING)) },
);
const CHUNK = object(
  {
    ...ENVELOPE,
    object: fixed('chat.completion.chunk'),
    choices: list(
      object(
        { index: whole(), delta: DELTA, finish_reason: nullable(oneOf(ENDS, 'stop')) },
        { logprobs: LOGPROBS },
      ),
    ),
  },
  { ...BESIDE, usage: nullable(CHAT_USAGE), obfuscation: STRING },
);
const COUNTS = ['prompt_tokens', 'completion_tokens'];

export class ChatMender implements Mender {
  readonly #facts: MendFacts;
  /** Of a stream: what its first event said, for those that do not. */
  #head: JsonObject = {};
  /** Choices of a stream that have begun. */
  readonly #begun = new Set<Json | undefined>();
  /** Ids of a stream's calls by choice, where calls are not numbered. */
  readonly #calls = new Map<number, string[]>();

  constructor(facts: MendFacts) {
    this.#facts = facts;
  }

  whole(body: JsonObject): readonly string[] | undefined {
    return mendInPlace(COMPLETION, body, (broken, lost) => {
      refuseNoAnswer(Array.isArray(broken.choices) || broken.object === 'chat.completion');
      this.#envelope(broken);
      this.#choices(broken, 'message', lost);
    });
  }

  event(event: JsonObject): boolean {
    const lost = mendInPlace(CHUNK, event, (broken, dropped) => {
      this.#envelope(broken);
      this.#choices(broken, 'delta', dropped);
    });
    if (this.#head.id === undefined) this.#head = { id: event.id ?? '', created: event.created ?? 0 };
    if (lost !== undefined) noteLost(event, lost);
    return this.#giveRoles(event) || lost !== undefined;
  }

  /** A choice begins with a role: OpenAI's SDK refuses streams that have none, whatever the description says. */
  #giveRoles(event: JsonObject): boolean {
    let given = false;
    for (const { index, delta } of objectsIn(event.choices)) {
      if (this.#begun.has(index)) continue;
      this.#begun.add(index);
      if (!isJsonObject(delta) || delta.role !== undefined) continue;
      delta.role = 'assistant';
      given = true;
    }
    return given;
  }

  #envelope(body: JsonObject): void {
    const { id, model, nowMs } = this.#facts;
    body.id ??= this.#head.id ?? `chatcmpl-${id}`;
    body.model ??= model;
    body.created ??= this.#head.created ?? Math.floor(nowMs / 1000);
    nameTier(body, this.#facts);
    const choice = Array.isArray(body.choices) ? readObject(body.choices[0]) : undefined;
    if (chunkUsage(body) === undefined && isJsonObject(choice?.usage)) body.usage = choice.usage;
    dropEmptyUsage(body, COUNTS);
  }

  #choices(body: JsonObject, member: 'message' | 'delta', lost: string[]): void {
    if (!Array.isArray(body.choices)) return;
    body.choices.forEach((choice, position) => {
      if (isJsonObject(choice)) this.#choice(choice, position, member, lost);
    });
  }

  #choice(choice: JsonObject, position: number, member: 'message' | 'delta', lost: string[]): void {
    choice.index ??= position;
    choice[member] ??= choice.delta ?? choice.message ?? {};
    const path = `choices[${position}].${member}`;
    const said = readObject(choice[member]);
    if (said !== undefined) {
      if (Array.isArray(said.content)) joinParts(said, said.content, path, lost);
      if (member === 'delta') this.#numberCalls(said, choice.index);
      else this.#completeCalls(said, position);
    }
    const called = Array.isArray(said?.tool_calls) && said.tool_calls.length > 0;
    const end = this.#end(choice.finish_reason);
    choice.finish_reason = end ?? (member === 'delta' ? null : called ? 'tool_calls' : 'stop');
  }

  /** @throws Fault where the vendor's word for the end says that there is no answer */
  #end(reason: Json | undefined): string | undefined {
    const said = readText(reason);
    if (said === undefined || ENDS.includes(said)) return said;
    const meant = this.#facts.words.finish?.[said] ?? FINISHES[said] ?? 'stop';
    if (meant === 'error') throw brokenEnd(said);
    return meant;
  }

  /** Calls without id or type. */
  #completeCalls({ tool_calls: calls }: JsonObject, choice: number): void {
    if (!Array.isArray(calls)) return;
    calls.forEach((call, position) => {
      if (!isJsonObject(call)) return;
      call.id ??= `call_${this.#facts.id}_${choice}_${position}`;
      if (call.type !== 'custom') call.type = isJsonObject(call.custom) ? 'custom' : 'function';
    });
  }

  /** Parts of calls without a number: those of one id are one call, and what names a tool begins another. */
  #numberCalls({ tool_calls: calls }: JsonObject, choice: Json): void {
    if (!Array.isArray(calls)) return;
    const known = this.#callsOf(choice);
    for (const call of calls) {
      if (!isJsonObject(call)) continue;
      const id = readText(call.id);
      const begins = id !== undefined || readText(readObject(call.function)?.name) !== undefined;
      if (typeof call.index !== 'number') {
        const same = id === undefined ? -1 : known.indexOf(id);
        call.index = same >= 0 ? same : begins ? known.length : Math.max(known.length - 1, 0);
      }
      if (begins && !(call.index in known)) known[call.index] = id ?? '';
    }
  }

  #callsOf(choice: Json): string[] {
    const number = Number(choice);
    const known = this.#calls.get(number) ?? [];
    this.#calls.set(number, known);
    return known;
  }
}

/** Content in parts becomes text; thoughts among them go where reasoning is read. */
function joinParts(said: JsonObject, parts: readonly Json[], path: string, lost: string[]): void {
  let content = '';
  let thoughts = '';
  parts.forEach((part, index) => {
    const thinking = isJsonObject(part) && part.type === 'thinking' ? textIn(part.thinking) : undefined;
    const written = textIn(part);
    if (thinking !== undefined) thoughts += thinking;
    else if (written !== undefined) content += written;
    else lost.push(`${path}.content[${index}]`);
  });
  said.content = content === '' && thoughts !== '' ? null : content;
  if (thoughts !== '' && said.reasoning_content === undefined) said.reasoning_content = thoughts;
}

/** A string, a part with a text, or several of them. */
function textIn(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((part) => textIn(part) ?? '').join('');
  return isJsonObject(value) && typeof value.text === 'string' ? value.text : undefined;
}
