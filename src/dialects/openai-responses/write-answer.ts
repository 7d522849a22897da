import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, Citation, Finish, TokenLogprob } from '../canonical/answer.ts';
import type { Seal } from '../canonical/request.ts';
import { sealText } from '../canonical/seals.ts';
import type { Segment, SegmentWriter } from '../canonical/segments.ts';
import type { WholeAnswer } from '../canonical/whole.ts';
import { urlCitation } from '../openai-common/citations.ts';
import { writeTokens } from '../openai-common/logprobs.ts';
import type { TranslationTarget } from '../translation.ts';
import { responseBody } from './response-body.ts';

/** A whole response: its stream's last word. */
export function writeResponse(answer: WholeAnswer, target: TranslationTarget, asked: JsonObject): JsonObject {
  const stream = new ResponseStream(target, asked);
  const choice = answer.choice(0);
  stream.head(answer);
  for (const part of choice.parts) {
    const call = part.kind === 'call' ? part : undefined;
    stream.open({
      kind: part.kind,
      id: call?.id ?? '',
      name: call?.name ?? '',
      custom: call?.custom ?? false,
    });
    if (part.kind === 'call') stream.delta(part.args === '' ? '{}' : part.args);
    else if (part.text !== '') stream.delta(part.text, part.kind === 'text' ? choice.logprobs : undefined);
    if (part.kind === 'text') for (const citation of choice.citations.splice(0)) stream.cite(citation);
    if (part.kind === 'thought' && part.seal !== undefined) stream.seal(part.seal);
    stream.close();
  }
  stream.finish(choice.finish);
  if (answer.used !== undefined) stream.usage(answer.used);
  stream.end();
  return stream.drain().at(-1)?.response as JsonObject;
}

interface Open extends Segment {
  readonly item: JsonObject;
  text: string;
  /** Of text: what stands beside it. */
  readonly annotations: JsonObject[];
  readonly logprobs: JsonObject[];
}

/** Writes the events of a streamed response: items one after the other, the whole repeated at the end. */
export class ResponseStream implements SegmentWriter {
  readonly #target: TranslationTarget;
  readonly #asked: JsonObject;
  readonly #output: JsonObject[] = [];
  #events: JsonObject[] = [];
  #sequence = 0;
  #head: { id: string; model: string; createdS: number } | undefined;
  #open: Open | undefined;
  #usage: Usage | undefined;
  #finish: Finish = 'stop';
  #ended = false;

  /** @param asked the client's request, which the response repeats */
  constructor(target: TranslationTarget, asked: JsonObject) {
    this.#target = target;
    this.#asked = asked;
  }

  drain(): JsonObject[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  head({ id, model, createdS }: AnswerHead): void {
    if (this.#head !== undefined) return;
    this.#head = {
      id: id?.startsWith('resp_') === true ? id : `resp_${this.#target.id}`,
      model: model ?? this.#target.model,
      createdS: createdS ?? Math.trunc(this.#target.nowMs / 1000),
    };
    for (const type of ['response.created', 'response.in_progress']) {
      this.#emit(type, { response: this.#response('in_progress') });
    }
  }

  open(segment: Segment): void {
    this.head({});
    const item = this.#item(segment);
    this.#open = { ...segment, item, text: '', annotations: [], logprobs: [] };
    this.#emit('response.output_item.added', { output_index: this.#output.length, item: { ...item } });
    const part = this.#part();
    if (part !== undefined) this.#emit('response.content_part.added', { ...this.#at('content_index'), part });
  }

  delta(text: string, logprobs?: readonly TokenLogprob[]): void {
    const open = this.#open;
    if (open === undefined) return;
    if (open.kind === 'thought' && open.text === '') {
      const part = { type: 'summary_text', text: '' };
      this.#emit('response.reasoning_summary_part.added', { ...this.#at('summary_index'), part });
    }
    open.text += text;
    const tokens = writeTokens(logprobs ?? []);
    open.logprobs.push(...tokens);
    switch (open.kind) {
      case 'text':
        this.#emit('response.output_text.delta', {
          ...this.#at('content_index'),
          delta: text,
          logprobs: tokens,
        });
        return;
      case 'refusal':
        this.#emit('response.refusal.delta', { ...this.#at('content_index'), delta: text });
        return;
      case 'thought':
        this.#emit('response.reasoning_summary_text.delta', { ...this.#at('summary_index'), delta: text });
        return;
      case 'call':
        this.#emit(`response.${callWord(open)}.delta`, { ...this.#at(), delta: text });
    }
  }

  seal(seal: Seal): void {
    const item = this.#open?.item;
    if (item === undefined) return;
    item.encrypted_content = sealText(seal, 'openai');
  }

  cite(citation: Citation): void {
    const open = this.#open;
    if (open?.kind !== 'text') return;
    const annotation = { type: 'url_citation', ...urlCitation(citation, open.text.length) };
    const annotation_index = open.annotations.push(annotation) - 1;
    const at = this.#at('content_index');
    this.#emit('response.output_text.annotation.added', { ...at, annotation_index, annotation });
  }

  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    const part = this.#part();
    if (open.kind === 'call') this.#closeCall(open);
    else if (open.kind === 'thought') this.#closeThought(open);
    else if (part !== undefined) this.#closeContent(open, part);
    if (open.kind !== 'thought') open.item.status = 'completed';
    this.#emit('response.output_item.done', { output_index: this.#output.length, item: { ...open.item } });
    this.#output.push(open.item);
    this.#open = undefined;
  }

  finish(finish: Finish): void {
    this.#finish = finish;
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.head({});
    const status = reasonOf(this.#finish) === undefined ? 'completed' : 'incomplete';
    this.#emit(`response.${status}`, { response: this.#response(status) });
  }

  #closeCall({ item, text, custom, name }: Open): void {
    if (custom) {
      item.input = text;
      this.#emit('response.custom_tool_call_input.done', { ...this.#at(), input: text });
      return;
    }
    item.arguments = text === '' ? '{}' : text;
    this.#emit('response.function_call_arguments.done', { ...this.#at(), name, arguments: item.arguments });
  }

  #closeThought({ item, text }: Open): void {
    if (text === '') return;
    const part = { type: 'summary_text', text };
    item.summary = [part];
    const at = this.#at('summary_index');
    this.#emit('response.reasoning_summary_text.done', { ...at, text });
    this.#emit('response.reasoning_summary_part.done', { ...at, part });
  }

  #closeContent({ kind, item, text, logprobs }: Open, part: JsonObject): void {
    const at = this.#at('content_index');
    item.content = [part];
    if (kind === 'text') this.#emit('response.output_text.done', { ...at, text, logprobs });
    else this.#emit('response.refusal.done', { ...at, refusal: text });
    this.#emit('response.content_part.done', { ...at, part });
  }

  #item({ kind, id, name, custom }: Segment): JsonObject {
    const number = `${this.#target.id}_${this.#output.length}`;
    if (kind === 'thought') return { type: 'reasoning', id: `rs_${number}`, summary: [] };
    if (kind !== 'call') {
      return { type: 'message', id: `msg_${number}`, status: 'in_progress', role: 'assistant', content: [] };
    }
    const call = { status: 'in_progress', call_id: id, name };
    if (custom) return { type: 'custom_tool_call', id: `ctc_${number}`, ...call, input: '' };
    return { type: 'function_call', id: `fc_${number}`, ...call, arguments: '' };
  }

  /** The part of a message that is open, as far as it has come. */
  #part(): JsonObject | undefined {
    const open = this.#open;
    if (open?.kind === 'refusal') return { type: 'refusal', refusal: open.text };
    if (open?.kind !== 'text') return undefined;
    const { text, annotations, logprobs } = open;
    return { type: 'output_text', text, annotations: [...annotations], logprobs: [...logprobs] };
  }

  #at(part?: 'content_index' | 'summary_index'): JsonObject {
    const at: JsonObject = { item_id: this.#open?.item.id ?? '', output_index: this.#output.length };
    if (part !== undefined) at[part] = 0;
    return at;
  }

  #response(status: 'in_progress' | 'completed' | 'incomplete'): JsonObject {
    const { id, model, createdS } = this.#head ?? { id: '', model: '', createdS: 0 };
    const over = status !== 'in_progress';
    return responseBody(this.#asked, {
      id,
      model,
      createdS,
      status,
      incomplete: over ? reasonOf(this.#finish) : undefined,
      output: over ? this.#output : [],
      usage: over ? this.#usage : undefined,
    });
  }

  #emit(type: string, members: JsonObject): void {
    this.#events.push({ type, sequence_number: this.#sequence++, ...members });
  }
}

function callWord({ custom }: Segment): string {
  return custom ? 'custom_tool_call_input' : 'function_call_arguments';
}

function reasonOf(finish: Finish): string | undefined {
  if (finish === 'length' || finish === 'context') return 'max_output_tokens';
  return finish === 'content_filter' ? 'content_filter' : undefined;
}
