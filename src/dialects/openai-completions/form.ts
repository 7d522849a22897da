/** What completions must look like, whole and streamed: chunks of both are alike. */
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { brokenEnd } from '../canonical/relay.ts';
import { readText } from '../fields.ts';
import { type Mender, type MendFacts, mendInPlace, noteLost, refuseNoAnswer } from '../forms/mender.ts';
import { anything, fixed, list, nullable, object, oneOf, text, whole } from '../forms/shape.ts';
import { FINISHES } from '../openai-chat/read-answer.ts';
import { CHAT_USAGE, dropEmptyUsage, nameTier } from '../openai-common/form.ts';

const ENDS = ['stop', 'length', 'content_filter'];
const STRING = text();
const LOGPROBS = nullable(object({}, { tokens: list(STRING), text_offset: list(whole()) }));
const ENVELOPE = { id: STRING, object: fixed('text_completion'), created: whole(), model: STRING };

const COMPLETION = object(
  {
    ...ENVELOPE,
    choices: list(
      object({ index: whole(), text: STRING, finish_reason: oneOf(ENDS, 'stop') }, { logprobs: LOGPROBS }),
    ),
  },
  { system_fingerprint: nullable(STRING), usage: CHAT_USAGE },
);
/** OpenAI's description has no chunk of its own; its API sends null until the end. */
const CHUNK = object(
  {
    ...ENVELOPE,
    choices: list(
      object(
        { index: whole(), text: STRING },
        { finish_reason: nullable(oneOf(ENDS, 'stop')), logprobs: anything(null) },
      ),
    ),
  },
  { system_fingerprint: nullable(STRING), usage: nullable(CHAT_USAGE) },
);

export class CompletionMender implements Mender {
  readonly #facts: MendFacts;

  constructor(facts: MendFacts) {
    this.#facts = facts;
  }

  whole(body: JsonObject): readonly string[] | undefined {
    return mendInPlace(COMPLETION, body, (broken) => {
      refuseNoAnswer(Array.isArray(broken.choices) || broken.object === 'text_completion');
      this.#prepare(broken);
    });
  }

  event(event: JsonObject): boolean {
    const lost = mendInPlace(CHUNK, event, (broken) => this.#prepare(broken));
    if (lost !== undefined) noteLost(event, lost);
    return lost !== undefined;
  }

  #prepare(body: JsonObject): void {
    const { id, model, nowMs, words } = this.#facts;
    body.id ??= `cmpl-${id}`;
    body.model ??= model;
    body.created ??= Math.floor(nowMs / 1000);
    nameTier(body, this.#facts);
    dropEmptyUsage(body, ['prompt_tokens', 'completion_tokens']);
    if (!Array.isArray(body.choices)) return;
    body.choices.forEach((choice, position) => {
      if (!isJsonObject(choice)) return;
      choice.index ??= position;
      const end = readText(choice.finish_reason);
      if (end === undefined || ENDS.includes(end)) return;
      const meant = words.finish?.[end] ?? FINISHES[end] ?? 'stop';
      if (meant === 'error') throw brokenEnd(end);
      choice.finish_reason = meant;
    });
  }
}
