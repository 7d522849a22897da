/**
 * Delivers a stream. Frames that are certainly nothing but well-formed deltas pass as the bytes they came in, unless a
 * stage transforms events; the others are looked at for usage, errors, the end, and what their dialect wants.
 */
import { asFault, Fault } from '../core/fault.ts';
import { type JsonObject, parseObject } from '../core/json.ts';
import type { StreamCutter } from '../dialects/dialect.ts';
import { type SseFrame, SseSplitter } from '../dialects/framing/sse.ts';
import { Skeletons } from '../dialects/index.ts';
import type { Delivered, Delivery, DeliverySink } from './delivery.ts';
import type { Ending } from './stage.ts';
import { StreamedText } from './streamed-text.ts';
import { endingOf } from './walk.ts';

/** One event larger than this is no event (images inside one were seen at a few MB). */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
const CR = 13;
const BLANK_LINE = Buffer.from('\n\n');
const SILENT_COMMENT = ':\n\n';

type Out = Uint8Array | string;

export class StreamDelivery implements DeliverySink {
  readonly #d: Delivery;
  readonly #resolve: (delivered: Delivered) => void;
  readonly #splitter = new SseSplitter(MAX_FRAME_BYTES);
  readonly #streamed = new StreamedText();
  /** From the event that completes the answer on: kept until the request has settled. */
  readonly #tail: Out[] = [];
  /** Must frames with these bytes, each a character, be looked at? */
  readonly #interesting: (text: string) => boolean;
  /** Of the deltas that were looked at and found well-formed. */
  readonly #skeletons = new Skeletons();
  readonly #completedChoices = new Set<number>();
  /** Where the stream may be cut: knows how to end it. */
  readonly #cutter: StreamCutter | undefined;
  #completed = false;
  /** The provider sent the end marker itself. */
  #terminated = false;
  #gone: Fault | undefined;
  #over = false;
  /** The client does not read as fast as the provider writes. */
  #waiting = false;
  /** Whoever watches the stream asked for a pause. */
  #paused = false;

  constructor(delivery: Delivery, resolve: (delivered: Delivered) => void) {
    this.#d = delivery;
    this.#resolve = resolve;
    const { stream } = delivery.dialect;
    const cutter = delivery.watch && stream.cutter?.();
    this.#cutter = cutter;
    const { mender } = delivery.answer;
    const unknown = mender
      ? (text: string) => !this.#skeletons.known(text)
      : (text: string) => stream.interesting(text);
    this.#interesting = cutter ? (text) => unknown(text) || cutter.follows(text) : unknown;
    delivery.client.startStream(delivery.answer.status, delivery.headers());
  }

  data(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    const go = this.#forward(chunk);
    return this.#d.watch === undefined ? go : this.#paidFor() && go;
  }

  #forward(chunk: Uint8Array): boolean {
    if (this.#passes(chunk)) {
      if (this.#d.watch === undefined) this.#streamed.bytes(chunk.length);
      else this.#streamed.chunk(chunk);
      return this.#send([chunk]);
    }
    const out: Out[] = [];
    try {
      for (const frame of this.#splitter.push(chunk)) this.#frame(frame, out);
    } catch (thrown) {
      this.#send(out);
      this.#stop(asFault(thrown));
      return true;
    }
    return this.#send(out);
  }

  end(): void {
    if (this.#over) return;
    const out: Out[] = [];
    try {
      const last = this.#splitter.end();
      if (last) this.#last(last, out);
      if (!this.#over) this.#flush(out);
    } catch (thrown) {
      this.#send(out);
      return this.#stop(asFault(thrown));
    }
    this.#send(out);
    if (this.#completed) this.#finish({ kind: 'done' });
    else this.fail(brokenStream());
  }

  fail(fault: Fault): void {
    if (this.#over) return;
    // a provider that hangs or resets after its last event has answered all the same
    if (this.#completed) return this.#finish({ kind: 'done' });
    const cause = this.#gone ?? fault;
    try {
      const out: Out[] = [];
      this.#flush(out);
      this.#send(out);
    } catch {
      // what a transform still held is lost with the broken stream: it may not go out unchecked
    }
    this.#finish(endingOf(cause), cause);
  }

  abandon(fault: Fault): void {
    this.#gone = fault;
    if (this.#d.onDisconnect === 'cancel' && !this.#over) this.#finish(endingOf(fault), fault);
  }

  /** A frame that no other byte follows: it counts where it is whole, and is closed before more is written. */
  #last(frame: SseFrame, out: Out[]): void {
    const { data, raw } = frame;
    if (raw.at(-1) === CR && raw.at(-2) === CR) return this.#frame(frame, out);
    if (data === undefined || (data !== '[DONE]' && parseObject(data) === undefined)) return;
    const [closed] = new SseSplitter(MAX_FRAME_BYTES).push(Buffer.concat([raw, BLANK_LINE]));
    if (closed) this.#frame(closed, out);
  }

  #frame(frame: SseFrame, out: Out[]): void {
    if (this.#over) return;
    if (this.#isKnown(frame)) {
      this.#count(frame, undefined, () => parseObject(frame.data ?? '') ?? {});
      return this.#pass(frame, out);
    }
    const { data } = frame;
    const { stream } = this.#d.dialect;
    // a comment keeps the connection alive; its words are nobody's that could be judged
    if (data === undefined)
      return this.#d.transforms.length > 0 ? this.#put(SILENT_COMMENT, out) : this.#pass(frame, out);
    if (data === '[DONE]') {
      this.#flush(out);
      this.#completed = true;
      this.#terminated = true;
      this.#pass(frame, out);
      return this.#finish({ kind: 'done' });
    }
    const followed = this.#follow(data);
    if (this.#d.transforms.length === 0 && !stream.interesting(data)) {
      return this.#delta(frame, data, followed, out);
    }
    // one unreadable chunk is dropped; the stream goes on (litellm#40404)
    const event = parseObject(data);
    if (event !== undefined) this.#event(event, frame, out, followed);
  }

  /** Nothing but text, which nobody wants to see: passes as it came where it is well-formed. */
  #delta(frame: SseFrame, data: string, followed: JsonObject | undefined, out: Out[]): void {
    const { mender } = this.#d.answer;
    const event = mender && parseObject(data);
    if (event === undefined) {
      this.#count(frame, followed, () => parseObject(data) ?? {});
      return this.#pass(frame, out);
    }
    const mended = mender?.event(event) === true;
    this.#count(frame, followed, () => event);
    if (mended) return this.#put(this.#d.dialect.stream.frame(event), out);
    this.#skeletons.learn(latin1(frame.raw));
    this.#pass(frame, out);
  }

  /** The event, where whoever may have to end the stream must see it. */
  #follow(data: string): JsonObject | undefined {
    if (this.#cutter?.follows(data) !== true) return undefined;
    const event = parseObject(data);
    if (event !== undefined) this.#cutter.see(event);
    return event;
  }

  /** A delta like one that was looked at before; asked while nobody wants to see every event. */
  #isKnown(frame: SseFrame): boolean {
    const { transforms, answer } = this.#d;
    return answer.mender !== undefined && transforms.length === 0 && !this.#interesting(latin1(frame.raw));
  }

  /** One delta. @param parse called only while its shape is being learnt */
  #count(frame: SseFrame, followed: JsonObject | undefined, parse: () => JsonObject): void {
    const bytes = frame.raw.length;
    if (followed !== undefined) this.#streamed.read(textOf(followed, this.#d));
    else if (this.#streamed.learning) this.#streamed.sample(bytes, textOf(parse(), this.#d));
    else this.#streamed.frame(bytes);
  }

  /** A chunk of nothing but deltas, which nobody wants to see: it goes on as the bytes it came in. */
  #passes(chunk: Uint8Array): boolean {
    if (this.#d.transforms.length > 0 || this.#completed || this.#streamed.learning) return false;
    return this.#splitter.passes(chunk, this.#interesting);
  }

  #event(event: JsonObject, frame: SseFrame, out: Out[], followed: JsonObject | undefined): void {
    const { dialect, attempt, transforms, answer } = this.#d;
    const { stream } = dialect;
    const error = stream.error(event);
    if (error !== undefined) {
      // its own words may name the gateway's account
      throw new Fault(
        'provider_stream_broken',
        'The provider broke off its answer with an error of its own.',
        {
          internal: error,
        },
      );
    }
    const usage = stream.usage(event, attempt?.usage.source === 'reported' ? attempt.usage : undefined);
    const reported = usage !== undefined && attempt !== undefined;
    if (reported) attempt.usage = answer.source.usage?.() ?? usage;
    if (attempt) {
      attempt.reason = stream.finish(event) ?? attempt.reason;
      attempt.responseId ??= dialect.responseId?.(event);
    }
    const mended = answer.mender?.event(event) === true;
    for (const choice of stream.completes(event)) this.#completedChoices.add(choice);
    if (this.#completedChoices.size >= this.#d.choices) this.#completed = true;
    else if (transforms.length > 0) this.#count(frame, followed, () => event);
    else if (this.#d.watch !== undefined) this.#streamed.read(textOf(event, this.#d));
    if (transforms.length > 0) {
      for (const changed of this.#transformed([event], 0)) this.#emit(changed, undefined, reported, out);
    } else this.#emit(event, mended ? undefined : frame, reported, out);
  }

  /** @param unchanged the frame that the event came in, where it still says the same */
  #emit(event: JsonObject, unchanged: SseFrame | undefined, reported: boolean, out: Out[]): void {
    const { dialect, attempt, answer, costUsd } = this.#d;
    if (answer.usageInjected && dialect.stream.usageOnly(event)) return;
    const cost = reported && attempt ? costUsd(attempt) : undefined;
    const priced = cost !== undefined && dialect.stream.setCost(event, cost);
    if (unchanged && !priced) this.#pass(unchanged, out);
    else this.#put(dialect.stream.frame(event), out);
  }

  /** Runs the events through the transforms from `first` on, innermost first. */
  #transformed(events: JsonObject[], first: number): JsonObject[] {
    let current = events;
    for (let i = first; i < this.#d.transforms.length; i++) {
      const transform = this.#d.transforms[i];
      if (transform) current = current.flatMap((event) => transform.event(event));
    }
    return current;
  }

  /** What the transforms still hold when the stream ends. */
  #flush(out: Out[]): void {
    this.#d.transforms.forEach((transform, index) => {
      for (const event of this.#transformed(transform.end(), index + 1)) {
        this.#put(this.#d.dialect.stream.frame(event), out);
      }
    });
  }

  #pass(frame: SseFrame, out: Out[]): void {
    this.#put(frame.raw, out);
  }

  #put(frame: Out, out: Out[]): void {
    if (this.#completed) this.#tail.push(frame);
    else out.push(frame);
  }

  #send(out: readonly Out[]): boolean {
    const { client, answer } = this.#d;
    if (out.length === 0 || this.#gone) return true;
    const go = client.write(joined(out));
    if (!go && !this.#waiting) {
      this.#waiting = true;
      client.onceWritable(() => {
        this.#waiting = false;
        if (!this.#paused) answer.source.resume();
      });
    }
    return go;
  }

  /** False asks for a pause: whoever watches finds out whether more can be paid for. */
  #paidFor(): boolean {
    const { watch, attempt } = this.#d;
    if (watch === undefined || this.#over || this.#completed) return true;
    const reported = attempt?.usage.source === 'reported' ? attempt.usage.outputTokens : 0;
    const most = Math.max(this.#streamed.mostTokens, reported);
    const least = Math.max(this.#streamed.leastTokens, reported);
    const verdict = watch.streamed(most, least, () => {
      this.#paused = false;
      if (!this.#over && this.#paidFor() && !this.#waiting) this.#d.answer.source.resume();
    });
    if (verdict instanceof Fault) {
      this.#cut(verdict);
      return true;
    }
    this.#paused = !verdict;
    return verdict;
  }

  /** Ends the stream as a cap on output would have ended it, and says why. */
  #cut(fault: Fault): void {
    const { answer, client, attempt, costUsd, choices } = this.#d;
    const cutter = this.#cutter;
    if (cutter === undefined || attempt === undefined) return this.#stop(fault);
    answer.source.cancel(fault);
    const out: Out[] = [];
    try {
      this.#flush(out);
    } catch (thrown) {
      return this.#stop(asFault(thrown));
    }
    this.#send(out);
    const openChoices = Array.from({ length: choices }, (_, n) => n).filter(
      (n) => !this.#completedChoices.has(n),
    );
    this.#end(endingOf(fault), () => {
      const { frames } = this.#streamed;
      const { usage } = attempt;
      client.endStream([cutter.frames({ fault, usage, costUsd: costUsd(attempt), openChoices, frames })]);
    });
  }

  /** Something on our side ends the stream: the provider is told to stop. */
  #stop(fault: Fault): void {
    this.#d.answer.source.cancel(fault);
    this.#finish(endingOf(this.#gone ?? fault), this.#gone ?? fault);
  }

  #finish(ending: Ending, fault?: Fault): void {
    const { client, dialect } = this.#d;
    this.#end(
      ending,
      fault
        ? () => client.sendFault(fault, {})
        : () => client.endStream(this.#terminated ? this.#tail : [...this.#tail, dialect.stream.terminator]),
    );
  }

  #end(ending: Ending, finish: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#fillUsage();
    const gone = this.#gone && {
      kind: 'abandoned' as const,
      fault: this.#gone,
      drained: ending.kind === 'done',
    };
    this.#resolve({ ending: gone ?? ending, finish });
  }

  /** What was reported on the way of an answer that broke off says nothing of what came after (litellm#14457). */
  #fillUsage(): void {
    const { attempt, answer, estimateUsage, watch } = this.#d;
    if (attempt === undefined) return;
    attempt.usage = answer.source.usage?.() ?? attempt.usage;
    const { usage } = attempt;
    if (usage.source === 'reported' && this.#completed) return;
    const likely = estimateUsage(this.#streamed.length);
    const outputTokens = Math.min(likely.outputTokens, watch?.ceilingTokens ?? Number.POSITIVE_INFINITY);
    const estimate = outputTokens === likely.outputTokens ? likely : { ...likely, outputTokens };
    if (usage.source === 'estimated') attempt.usage = estimate;
    else if (estimate.outputTokens > usage.outputTokens) {
      attempt.usage = { ...usage, outputTokens: estimate.outputTokens, source: 'estimated' };
    }
  }
}

/** One write for all frames of a chunk: each further one would cost an HTTP chunk, and its share of a packet. */
function joined(out: readonly Out[]): Out {
  if (out.length === 1) return out[0] as Out;
  if (out.every((piece) => typeof piece === 'string')) return out.join('');
  return Buffer.concat(out.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

/** Each byte a character, which is cheap and can be compared. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** What an event adds to the answer. */
function textOf(event: JsonObject, { dialect }: Delivery): string {
  try {
    let text = '';
    for (const piece of dialect.stream.pieces(event)) if (!piece.aggregate) text += piece.text;
    return text;
  } catch {
    return ''; // an event nobody here knows has no text that could be counted
  }
}

function brokenStream(): Fault {
  return new Fault(
    'provider_stream_broken',
    'The provider ended its stream without finishing the answer. What came before is incomplete.',
  );
}
