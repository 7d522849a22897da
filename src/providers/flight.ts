import type { Attempt } from '../core/attempt.ts';
import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import type { Usage } from '../core/usage.ts';
import type { ByteSink, ByteSource } from '../gateway/stage.ts';
import type { Deadlines, Watched } from './deadlines.ts';
import { firstEventData } from './first-event.ts';
import type { Head, Provider, Receiver, Timeouts, Transmission, UpstreamRequest } from './provider.ts';
import { type TranslatedAnswer, translatedAnswer } from './translated-answer.ts';

/** Bytes held before anybody reads them, beyond which the provider has to wait. */
const HELD_BYTES = 64 * 1024;
/** Of a refusal's body no more is read. */
const REFUSAL_BYTES = 1024 * 1024;

/** After the answer is complete, so long may the provider take to end it; then the connection is not worth keeping. */
const LINGER_MS = 1000;

/** The white space of JSON is at or below it. */
const SPACE = 32;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export type Landing = 'flying' | 'ended' | 'failed' | 'cancelled';

/**
 * One attempt under way: it watches the clock, holds the answer back until its opening is known (status, and the first
 * event of a stream), and is then the source of the answer. Nothing is lost or sent twice in between.
 *
 * Life: `launch` → (head, data…) → opened → `pipe` → data… → over.
 */
export class Flight implements ByteSource, Receiver, Watched {
  seat = -1;
  readonly #attempt: Attempt;
  readonly #provider: string;
  readonly #timeouts: Timeouts;
  readonly #deadlines: Deadlines;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #stream: boolean;

  #transmission: Transmission | undefined;
  /** Set where the provider speaks another dialect than the client: what this receives is the client's. */
  #translated: TranslatedAnswer | undefined;
  #head: Head | undefined;
  #firstEvent: string | undefined;
  #opened: { readonly resolve: (head: Head) => void; readonly reject: (fault: Fault) => void } | undefined;

  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #sink: ByteSink | undefined;
  #sinkTakes = true;
  #flushing = false;
  /** The transmission was asked to wait. */
  #waiting = false;
  #lastByteMs: number | undefined;

  #landing: Landing = 'flying';
  #expired = false;
  #lingerUntilMs = Number.POSITIVE_INFINITY;
  #failure: Fault | undefined;
  /** The sink has heard `end` or `fail`, or will hear nothing more. */
  #told = false;

  constructor(
    attempt: Attempt,
    provider: Provider,
    request: UpstreamRequest,
    deadlines: Deadlines,
    clock: Clock,
  ) {
    this.#attempt = attempt;
    this.#provider = provider.name;
    this.#timeouts = provider.timeouts;
    this.#deadlines = deadlines;
    this.#clock = clock;
    this.#startedMs = clock.elapsed();
    this.#stream = request.stream;
  }

  /**
   * Sends the request and waits for the opening of the answer: the first byte, of a stream the first event, of a
   * refusal the whole body.
   * @throws Fault when no answer began: connection, time-out, or the reason of `cancel`.
   */
  launch(provider: Provider, request: UpstreamRequest): Promise<Head> {
    return new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
      const { translation, stream } = request;
      this.#translated = translation && translatedAnswer(translation, stream, this);
      this.#transmission = provider.send(request, this.#translated ?? this);
      if (this.#landing === 'flying') this.#deadlines.add(this);
    });
  }

  /** What was received of the opening: a refusal's body, an empty string where nothing came. */
  get openingText(): string {
    return Buffer.concat(this.#held).toString('utf8');
  }

  /** The data of a stream's first event; undefined where none came (yet). */
  get firstEvent(): string | undefined {
    return this.#firstEvent;
  }

  /** What the answer begins with, as a byte, white space left out; undefined where nothing else came (yet). */
  get firstByte(): number | undefined {
    for (const chunk of this.#held) {
      for (const byte of chunk) if (byte > SPACE) return byte;
    }
    return undefined;
  }

  /** Its time was used up: asking the same target again would cost as long again. */
  get expired(): boolean {
    return this.#expired;
  }

  /** The provider may have worked on the request. */
  get sent(): boolean {
    return this.#transmission?.sent === true;
  }

  /** The answer ended before anything was in it. */
  get empty(): boolean {
    return (
      this.#landing === 'ended' && (this.#stream ? this.#firstEvent === undefined : this.#heldBytes === 0)
    );
  }

  head(head: Head): void {
    this.#head = head;
    this.#attempt.status = head.status;
  }

  data(chunk: Uint8Array): boolean {
    if (this.#told) return true;
    const nowMs = this.#clock.elapsed();
    this.#attempt.firstByteMs ??= nowMs - this.#startedMs;
    this.#lastByteMs = nowMs;
    if (this.#sink !== undefined && this.#sinkTakes && this.#held.length === 0) {
      this.#sinkTakes = this.#sink.data(chunk);
      return this.#flow(this.#sinkTakes);
    }
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#opened !== undefined) return this.#flow(this.#openingGoesOn(chunk));
    return this.#flow(this.#heldBytes < HELD_BYTES);
  }

  end(): void {
    this.#land('ended');
    this.#open();
    this.#flush();
  }

  fail(fault: Fault): void {
    this.#land('failed');
    // Where a translation failed, the provider does not know that nobody listens any more.
    this.#transmission?.cancel();
    this.#failure = fault;
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.reject(fault);
    this.#flush();
  }

  pipe(sink: ByteSink): void {
    this.#sink = sink;
    this.#flush();
  }

  resume(): void {
    this.#sinkTakes = true;
    // The time in which nobody read is not the provider's.
    this.#lastByteMs = this.#clock.elapsed();
    this.#flush();
  }

  cancel(reason: Fault): void {
    this.#told = true;
    this.#held = [];
    if (this.#landing !== 'flying') return;
    this.#land('cancelled');
    this.#transmission?.cancel();
    this.#opened?.reject(reason);
    this.#opened = undefined;
  }

  /** The answer is complete: what the provider still sends is not waited for, but its connection may be reused. */
  linger(): void {
    this.#told = true;
    this.#held = [];
    if (this.#landing !== 'flying') return;
    const nowMs = this.#clock.elapsed();
    this.#attempt.durationMs = nowMs - this.#startedMs;
    this.#lingerUntilMs = nowMs + LINGER_MS;
    if (this.#waiting) this.#transmission?.resume();
  }

  usage(): Usage | undefined {
    return this.#translated?.usage();
  }

  get landing(): Landing {
    return this.#landing;
  }

  get failure(): Fault | undefined {
    return this.#failure;
  }

  check(nowMs: number): void {
    if (nowMs >= this.#lingerUntilMs) {
      this.#transmission?.cancel();
      this.#land('ended');
      return;
    }
    const { first_byte, idle, total } = this.#timeouts;
    if (nowMs - this.#startedMs >= total) this.#expire('total', total);
    else if (this.#lastByteMs === undefined) {
      if (nowMs - this.#startedMs >= first_byte) this.#expire('first_byte', first_byte);
    } else if (this.#sinkTakes && nowMs - this.#lastByteMs >= idle) this.#expire('idle', idle);
  }

  #expire(which: keyof Timeouts, limitMs: number): void {
    this.#expired = true;
    this.fail(
      new Fault(
        'provider_timeout',
        `The provider ${this.#provider} ran into the ${which} time-out of ${limitMs} ms (providers.${this.#provider}.timeouts_ms.${which}).`,
      ),
    );
  }

  /** True while the opening needs more bytes than were received. */
  #openingGoesOn(chunk: Uint8Array): boolean {
    const status = this.#head?.status ?? 0;
    if (status < 200 || status >= 300) {
      if (this.#heldBytes < REFUSAL_BYTES) return true;
      // Enough is known to say no; the rest of it is not worth the connection.
      this.#transmission?.cancel();
      this.end();
      return false;
    }
    if (this.#stream) {
      if (chunk.includes(LINE_FEED) || chunk.includes(CARRIAGE_RETURN)) {
        this.#firstEvent = firstEventData(this.openingText);
      }
      if (this.#firstEvent === undefined && this.#heldBytes < HELD_BYTES) return true;
    }
    this.#open();
    return this.#heldBytes < HELD_BYTES;
  }

  #open(): void {
    const opened = this.#opened;
    if (opened === undefined || this.#head === undefined) return;
    this.#opened = undefined;
    opened.resolve(this.#head);
  }

  /** What the transmission is told, and what to remember of it. */
  #flow(goesOn: boolean): boolean {
    this.#waiting = !goesOn;
    return goesOn;
  }

  /** Hands over what is held, then the end, as far as the sink takes it. */
  #flush(): void {
    const sink = this.#sink;
    if (sink === undefined || this.#told || this.#flushing) return;
    this.#flushing = true;
    while (this.#sinkTakes && !this.#told) {
      const chunk = this.#held.shift();
      if (chunk === undefined) break;
      this.#heldBytes -= chunk.length;
      this.#sinkTakes = sink.data(chunk);
    }
    this.#flushing = false;
    if (this.#told || this.#held.length > 0) return;
    if (this.#landing !== 'flying') this.#tell(sink);
    else if (this.#sinkTakes && this.#waiting) {
      this.#waiting = false;
      this.#transmission?.resume();
    }
  }

  #tell(sink: ByteSink): void {
    this.#told = true;
    if (this.#failure === undefined) sink.end();
    else sink.fail(this.#failure);
  }

  #land(landing: Landing): void {
    this.#landing = landing;
    this.#deadlines.delete(this);
    this.#attempt.durationMs ??= this.#clock.elapsed() - this.#startedMs;
  }
}
