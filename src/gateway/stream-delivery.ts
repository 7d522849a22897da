/**
 * Delivers a stream. Frames that are certainly nothing but deltas pass as the bytes they came in, unless a
 * stage transforms events; the others are looked at for usage, errors and the end.
 */
import { asFault, Fault } from '../core/fault.ts';
import { type JsonObject, parseObject } from '../core/json.ts';
import { type SseFrame, SseSplitter } from '../dialects/framing/sse.ts';
import type { Delivered, Delivery, DeliverySink } from './delivery.ts';
import type { Ending } from './stage.ts';
import { endingOf } from './walk.ts';

/** One event larger than this is no event (images inside one were seen at a few MB). */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
/** Deltas that are parsed to learn how much of a frame is text, for estimating what was streamed. */
const SAMPLES = 3;

const CR = 13;
const BLANK_LINE = Buffer.from('\n\n');

type Out = Uint8Array | string;

export class StreamDelivery implements DeliverySink {
  readonly #d: Delivery;
  readonly #resolve: (delivered: Delivered) => void;
  readonly #splitter = new SseSplitter(MAX_FRAME_BYTES);
  readonly #streamed = new StreamedText();
  /** From the event that completes the answer on: kept until the request has settled. */
  readonly #tail: Out[] = [];
  readonly #interesting: (text: string) => boolean;
  readonly #completedChoices = new Set<number>();
  #completed = false;
  /** The provider sent the end marker itself. */
  #terminated = false;
  #gone: Fault | undefined;
  #over = false;
  #waiting = false;

  constructor(delivery: Delivery, resolve: (delivered: Delivered) => void) {
    this.#d = delivery;
    this.#resolve = resolve;
    const { stream } = delivery.dialect;
    this.#interesting = (text) => stream.interesting(text);
    delivery.client.startStream(delivery.answer.status, delivery.headers());
  }

  data(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#passes(chunk)) {
      this.#streamed.count(chunk.length);
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
    const { data } = frame;
    const { stream } = this.#d.dialect;
    if (data === undefined) return this.#pass(frame, out);
    if (data === '[DONE]') {
      this.#flush(out);
      this.#completed = true;
      this.#terminated = true;
      this.#pass(frame, out);
      return this.#finish({ kind: 'done' });
    }
    if (this.#d.transforms.length === 0 && !stream.interesting(data)) {
      this.#streamed.take(frame, () => parseObject(data) ?? {}, this.#d);
      return this.#pass(frame, out);
    }
    // one unreadable chunk is dropped; the stream goes on (litellm#40404)
    const event = parseObject(data);
    if (event !== undefined) this.#event(event, frame, out);
  }

  /** A chunk of nothing but deltas, which nobody wants to see: it goes on as the bytes it came in. */
  #passes(chunk: Uint8Array): boolean {
    if (this.#d.transforms.length > 0 || this.#completed || this.#streamed.learning) return false;
    return this.#splitter.passes(chunk, this.#interesting);
  }

  #event(event: JsonObject, frame: SseFrame, out: Out[]): void {
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
    const completes = stream.completes(event);
    const usage = stream.usage(event, attempt?.usage.source === 'reported' ? attempt.usage : undefined);
    const reported = usage !== undefined && attempt !== undefined;
    if (reported) attempt.usage = answer.source.usage?.() ?? usage;
    if (attempt) {
      attempt.reason = stream.finish(event) ?? attempt.reason;
      attempt.responseId ??= dialect.responseId?.(event);
    }
    for (const choice of completes) this.#completedChoices.add(choice);
    if (this.#completedChoices.size >= this.#d.choices) this.#completed = true;
    else if (transforms.length > 0) this.#streamed.take(frame, () => event, this.#d);
    if (transforms.length > 0) {
      for (const changed of this.#transformed([event], 0)) this.#emit(changed, undefined, reported, out);
    } else this.#emit(event, frame, reported, out);
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
        answer.source.resume();
      });
    }
    return go;
  }

  /** Something on our side ends the stream: the provider is told to stop. */
  #stop(fault: Fault): void {
    this.#d.answer.source.cancel(fault);
    this.#finish(endingOf(this.#gone ?? fault), this.#gone ?? fault);
  }

  #finish(ending: Ending, fault?: Fault): void {
    if (this.#over) return;
    this.#over = true;
    const { client, attempt, dialect, estimateUsage, answer } = this.#d;
    if (attempt) attempt.usage = answer.source.usage?.() ?? attempt.usage;
    if (attempt && attempt.usage.source === 'estimated') attempt.usage = estimateUsage(this.#streamed.length);
    const finish = fault
      ? () => client.sendFault(fault, {})
      : () => client.endStream(this.#terminated ? this.#tail : [...this.#tail, dialect.stream.terminator]);
    const gone = this.#gone && {
      kind: 'abandoned' as const,
      fault: this.#gone,
      drained: ending.kind === 'done',
    };
    this.#resolve({ ending: gone ?? ending, finish });
  }
}

/** One write for all frames of a chunk: each further one would cost an HTTP chunk, and its share of a packet. */
function joined(out: readonly Out[]): Out {
  if (out.length === 1) return out[0] as Out;
  if (out.every((piece) => typeof piece === 'string')) return out.join('');
  return Buffer.concat(out.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
}

/**
 * How much text has been streamed, without parsing every delta: the first few are parsed to learn which share
 * of a frame is text, the rest is counted in bytes. Only for estimates, where no usage is reported.
 */
class StreamedText {
  #samples = 0;
  #sampledBytes = 0;
  #sampledText = 0;
  #unparsedBytes = 0;

  /** Text so far, UTF-16 units. */
  get length(): number {
    if (this.#sampledBytes === 0) return 0;
    return this.#sampledText + Math.round((this.#unparsedBytes * this.#sampledText) / this.#sampledBytes);
  }

  /** True while frames must be parsed one by one. */
  get learning(): boolean {
    return this.#samples < SAMPLES;
  }

  /** One frame of the stream. @param parse its event; called only while samples are taken */
  take(frame: SseFrame, parse: () => JsonObject, delivery: Delivery): void {
    const bytes = frame.raw.length;
    if (!this.learning) return this.count(bytes);
    const text = textLength(parse(), delivery);
    if (text === 0) return;
    this.#samples += 1;
    this.#sampledBytes += bytes;
    this.#sampledText += text;
  }

  /** Frames that nobody parses, as bytes. */
  count(bytes: number): void {
    this.#unparsedBytes += bytes;
  }
}

function textLength(event: JsonObject, { dialect }: Delivery): number {
  try {
    let length = 0;
    for (const piece of dialect.stream.pieces(event)) if (!piece.aggregate) length += piece.text.length;
    return length;
  } catch {
    return 0; // an event nobody here knows has no text that could be counted
  }
}

function brokenStream(): Fault {
  return new Fault(
    'provider_stream_broken',
    'The provider ended its stream without finishing the answer. What came before is incomplete.',
  );
}
