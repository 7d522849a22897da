import type { JsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { AnswerHead, Citation, Finish, StreamWriter, TokenLogprob } from '../canonical/answer.ts';
import { argsObject, type Seal } from '../canonical/request.ts';
import { sealText } from '../canonical/seals.ts';
import { type Segment, Segments, type SegmentWriter } from '../canonical/segments.ts';
import type { AnswerChoice, AnswerPart, WholeAnswer } from '../canonical/whole.ts';
import type { TranslationTarget } from '../translation.ts';
import { writeGeminiUsage } from './usage.ts';

const FINISHES: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  pause: 'STOP',
  error: 'OTHER',
};

/** Gemini has no refusals in the model's own words: such a text is a blocked answer. */
function finishOf(finish: Finish, refused: boolean): string {
  return refused && finish === 'stop' ? FINISHES.content_filter : FINISHES[finish];
}

export function writeGeminiAnswer(answer: WholeAnswer, target: TranslationTarget): JsonObject {
  const body: JsonObject = { candidates: answer.choices.map(candidateOf) };
  if (answer.used !== undefined) body.usageMetadata = writeGeminiUsage(answer.used);
  body.modelVersion = answer.model ?? target.model;
  body.responseId = answer.id ?? target.id;
  return body;
}

function candidateOf(choice: AnswerChoice, index: number): JsonObject {
  const candidate: JsonObject = {
    content: { parts: signed(choice.parts), role: 'model' },
    finishReason: finishOf(
      choice.finish,
      choice.parts.some((part) => part.kind === 'refusal'),
    ),
    index,
  };
  if (choice.citations.length > 0) candidate.groundingMetadata = grounding(choice.citations);
  if (choice.logprobs.length > 0) candidate.logprobsResult = logprobsResult(choice.logprobs);
  return candidate;
}

/** Gemini's own signatures stand on the call or the text that they belong to. */
function signed(parts: readonly AnswerPart[]): JsonObject[] {
  const written: JsonObject[] = [];
  const ofCalls = new Map<string, string>();
  for (const part of parts) {
    if (part.kind === 'thought' && part.seal?.format === 'gemini' && part.text === '') {
      const last = written.at(-1);
      if (part.seal.id !== undefined) ofCalls.set(part.seal.id, part.seal.data);
      else if (last?.text !== undefined) last.thoughtSignature = part.seal.data;
      continue;
    }
    written.push(partOf(part, ofCalls));
  }
  return written;
}

function partOf(part: AnswerPart, ofCalls: ReadonlyMap<string, string>): JsonObject {
  if (part.kind === 'call') return callPart(part.id, part.name, part.args, ofCalls.get(part.id));
  if (part.kind !== 'thought') return { text: part.text };
  return thoughtPart(part.text, part.seal);
}

function callPart(id: string, name: string, args: string, signature: string | undefined): JsonObject {
  const part: JsonObject = { functionCall: { id, name, args: argsObject(args) } };
  if (signature !== undefined) part.thoughtSignature = signature;
  return part;
}

function thoughtPart(text: string, seal: Seal | undefined): JsonObject {
  const part: JsonObject = { text, thought: true };
  if (seal !== undefined) part.thoughtSignature = sealText(seal, 'gemini');
  return part;
}

function grounding(citations: readonly Citation[]): JsonObject {
  return { groundingChunks: citations.map(({ url, title }) => ({ web: { uri: url, title } })) };
}

function logprobsResult(logprobs: readonly TokenLogprob[]): JsonObject {
  const tokenOf = ({ token, logprob }: { token: string; logprob: number }) => ({
    token,
    logProbability: logprob,
  });
  return {
    chosenCandidates: logprobs.map(tokenOf),
    topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(tokenOf) })),
  };
}

/** Writes the chunks of a streamed generateContent: text as it comes, calls whole, the end with usage. */
export class GeminiStream implements StreamWriter {
  readonly #target: TranslationTarget;
  readonly #candidates = new Map<number, { writer: CandidateWriter; segments: Segments }>();
  #events: JsonObject[] = [];
  #id: string | undefined;
  #model: string | undefined;
  #usage: Usage | undefined;
  #ended = false;

  constructor(target: TranslationTarget) {
    this.#target = target;
  }

  drain(): JsonObject[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  head({ id, model }: AnswerHead): void {
    this.#id ??= id;
    this.#model ??= model;
  }

  text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): void {
    this.#of(choice).text(choice, text, logprobs);
  }

  refusal(choice: number, text: string): void {
    this.#of(choice).refusal(choice, text);
  }

  thought(choice: number, text: string): void {
    this.#of(choice).thought(choice, text);
  }

  seal(choice: number, seal: Seal): void {
    this.#of(choice).seal(choice, seal);
  }

  call(choice: number, tool: number, id: string | undefined, name: string): void {
    this.#of(choice).call(choice, tool, id, name);
  }

  args(choice: number, tool: number, text: string): void {
    this.#of(choice).args(choice, tool, text);
  }

  cite(choice: number, citation: Citation): void {
    this.#of(choice).cite(choice, citation);
  }

  finish(choice: number, finish: Finish, detail?: string): void {
    this.#of(choice).finish(choice, finish, detail);
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  /** The finish reasons wait for the usage that stands beside them. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const candidates = [...this.#candidates].map(([index, { writer }]) => writer.last(index));
    const chunk = this.#chunk(candidates);
    if (this.#usage !== undefined) chunk.usageMetadata = writeGeminiUsage(this.#usage);
    this.#events.push(chunk);
  }

  #of(choice: number): Segments {
    let found = this.#candidates.get(choice);
    if (found === undefined) {
      const writer = new CandidateWriter((part, logprobs) => {
        const candidate: JsonObject = { content: { parts: [part], role: 'model' }, index: choice };
        if (logprobs !== undefined) candidate.logprobsResult = logprobsResult(logprobs);
        this.#events.push(this.#chunk([candidate]));
      });
      found = { writer, segments: new Segments(writer, choice) };
      this.#candidates.set(choice, found);
    }
    return found.segments;
  }

  #chunk(candidates: JsonObject[]): JsonObject {
    return {
      candidates,
      modelVersion: this.#model ?? this.#target.model,
      responseId: this.#id ?? this.#target.id,
    };
  }
}

/** Writes the parts of one candidate. */
class CandidateWriter implements SegmentWriter {
  readonly #emit: (part: JsonObject, logprobs?: readonly TokenLogprob[]) => void;
  readonly #citations: Citation[] = [];
  #segment: Segment | undefined;
  #args = '';
  #signatures = new Map<string, string>();
  #finish: Finish = 'stop';
  #refused = false;

  constructor(emit: (part: JsonObject, logprobs?: readonly TokenLogprob[]) => void) {
    this.#emit = emit;
  }

  last(index: number): JsonObject {
    const candidate: JsonObject = {
      content: { parts: [{ text: '' }], role: 'model' },
      finishReason: finishOf(this.#finish, this.#refused),
      index,
    };
    if (this.#citations.length > 0) candidate.groundingMetadata = grounding(this.#citations);
    return candidate;
  }

  head(): void {
    // Every chunk has one.
  }

  open(segment: Segment): void {
    this.#segment = segment;
    this.#args = '';
    if (segment.kind === 'refusal') this.#refused = true;
  }

  delta(text: string, logprobs?: readonly TokenLogprob[]): void {
    if (this.#segment?.kind === 'call') this.#args += text;
    else if (this.#segment?.kind === 'thought') this.#emit({ text, thought: true });
    else this.#emit({ text }, logprobs);
  }

  seal(seal: Seal): void {
    if (seal.format !== 'gemini') this.#emit(thoughtPart('', seal));
    else if (seal.id !== undefined) this.#signatures.set(seal.id, seal.data);
    else this.#emit({ text: '', thoughtSignature: seal.data });
  }

  cite(citation: Citation): void {
    this.#citations.push(citation);
  }

  close(): void {
    if (this.#segment?.kind !== 'call') return;
    const { id, name } = this.#segment;
    this.#emit(callPart(id, name, this.#args, this.#signatures.get(id)));
  }

  finish(finish: Finish): void {
    this.#finish = finish;
  }

  usage(): void {
    // Reported once, by the stream.
  }

  end(): void {
    // Likewise.
  }
}
