import type { JsonObject } from '../../core/json.ts';
import type { AnswerReader, AnswerSink, Finish, TokenLogprob } from '../canonical/answer.ts';
import { readSeal } from '../canonical/seals.ts';
import { objectsIn, readObject, readText } from '../fields.ts';
import { PartialArgs } from './partial-args.ts';
import { geminiUsage } from './usage.ts';

const FILTERED = `SAFETY RECITATION LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII IMAGE_SAFETY
  IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION MODEL_ARMOR`.split(/\s+/);
const FAILED = `MALFORMED_FUNCTION_CALL UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS MISSING_THOUGHT_SIGNATURE
  MALFORMED_RESPONSE NO_IMAGE IMAGE_OTHER`.split(/\s+/);

const FINISHES: ReadonlyMap<string, Finish> = new Map<string, Finish>([
  ['STOP', 'stop'],
  ['OTHER', 'stop'],
  ['MAX_TOKENS', 'length'],
  ...FILTERED.map((reason) => [reason, 'content_filter'] as const),
  ...FAILED.map((reason) => [reason, 'error'] as const),
]);

/** Answers of generateContent; a chunk of a stream is an answer in small. */
export class GeminiReader implements AnswerReader {
  readonly #sink: AnswerSink;
  readonly #choices: number;
  readonly #idPart: string;
  readonly #calls = new Map<number, number>();
  readonly #open = new Map<number, { readonly tool: number; readonly args: PartialArgs }>();
  readonly #finished = new Set<number>();
  #minted = 0;

  /** @param idPart makes ids for calls, which often have none */
  constructor(sink: AnswerSink, choices: number, idPart: string) {
    this.#sink = sink;
    this.#choices = choices;
    this.#idPart = idPart;
  }

  complete(): boolean {
    return this.#finished.size >= this.#choices;
  }

  whole(body: JsonObject): void {
    this.event(body);
  }

  event(event: JsonObject): void {
    const created = Date.parse(readText(event.createTime) ?? '');
    this.#sink.head({
      id: readText(event.responseId),
      model: readText(event.modelVersion),
      createdS: Number.isNaN(created) ? undefined : Math.trunc(created / 1000),
    });
    const usage = geminiUsage(event.usageMetadata);
    if (usage !== undefined) this.#sink.usage(usage);
    const candidates = objectsIn(event.candidates);
    candidates.forEach((candidate, position) => {
      this.#candidate(candidate, typeof candidate.index === 'number' ? candidate.index : position);
    });
    if (candidates.length === 0) this.#blocked(readObject(event.promptFeedback));
  }

  /** A prompt that is blocked gets no candidate. */
  #blocked(feedback: JsonObject | undefined): void {
    const reason = readText(feedback?.blockReason);
    if (reason === undefined || this.complete()) return;
    const why = readText(feedback?.blockReasonMessage) ?? `The prompt was blocked: ${reason}.`;
    for (let choice = 0; choice < this.#choices; choice++) {
      this.#finished.add(choice);
      this.#sink.refusal(choice, why);
      this.#sink.finish(choice, 'content_filter', reason);
    }
  }

  #candidate(candidate: JsonObject, index: number): void {
    const logprobs = tokensOf(readObject(candidate.logprobsResult));
    for (const part of objectsIn(readObject(candidate.content)?.parts)) this.#part(part, index, logprobs);
    this.#grounding(readObject(candidate.groundingMetadata), index);
    const reason = readText(candidate.finishReason);
    if (reason === undefined || reason === 'FINISH_REASON_UNSPECIFIED' || this.#finished.has(index)) return;
    this.#finished.add(index);
    this.#close(index);
    const finish = FINISHES.get(reason) ?? 'stop';
    const called = (this.#calls.get(index) ?? 0) > 0;
    const message = readText(candidate.finishMessage);
    // It says STOP even where it calls.
    this.#sink.finish(index, finish === 'stop' && called ? 'tool_calls' : finish, message ?? reason);
  }

  #part(part: JsonObject, index: number, logprobs: TokenLogprob[] | undefined): void {
    const signature = readText(part.thoughtSignature);
    const call = readObject(part.functionCall);
    if (call !== undefined) {
      this.#call(call, signature, index);
      return;
    }
    const text = readText(part.text);
    if (text !== undefined) {
      if (part.thought === true) this.#sink.thought(index, text);
      else this.#sink.text(index, text, logprobs);
    }
    if (signature !== undefined) this.#sink.seal(index, readSeal(signature, 'gemini'));
  }

  #call(call: JsonObject, signature: string | undefined, index: number): void {
    const open = this.#open.get(index);
    if (open !== undefined && call.name === undefined) {
      open.args.push(call.partialArgs);
      if (call.willContinue !== true) this.#close(index);
      return;
    }
    this.#close(index);
    // Ends a call that was closed already.
    if (call.name === undefined && call.args === undefined) return;
    const tool = this.#calls.get(index) ?? 0;
    this.#calls.set(index, tool + 1);
    const id = readText(call.id) ?? `call_${this.#idPart}_${this.#minted++}`;
    if (signature !== undefined) this.#sink.seal(index, { ...readSeal(signature, 'gemini'), id });
    this.#sink.call(index, tool, id, readText(call.name) ?? '');
    if (call.willContinue === true) {
      const args = new PartialArgs();
      args.push(call.partialArgs);
      this.#open.set(index, { tool, args });
    } else this.#sink.args(index, tool, JSON.stringify(readObject(call.args) ?? {}));
  }

  /** Ends the call whose arguments come in parts, by its end or because something else follows. */
  #close(index: number): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    this.#sink.args(index, open.tool, JSON.stringify(open.args.value));
  }

  /** Offsets count UTF-8 bytes of one part, so pages are cited as a whole. */
  #grounding(metadata: JsonObject | undefined, index: number): void {
    for (const chunk of objectsIn(metadata?.groundingChunks)) {
      const web = readObject(chunk.web);
      const url = readText(web?.uri);
      if (url !== undefined) this.#sink.cite(index, { url, title: readText(web?.title) ?? url, quote: '' });
    }
  }
}

function tokensOf(result: JsonObject | undefined): TokenLogprob[] | undefined {
  const tops = objectsIn(result?.topCandidates);
  const chosen = objectsIn(result?.chosenCandidates).map((token, index) => ({
    ...tokenOf(token),
    top: objectsIn(tops[index]?.candidates).map(tokenOf),
  }));
  return chosen.length === 0 ? undefined : chosen;
}

function tokenOf(token: JsonObject): { token: string; logprob: number } {
  const { logProbability } = token;
  return {
    token: String(token.token ?? ''),
    logprob: typeof logProbability === 'number' ? logProbability : 0,
  };
}
