/**
 * The way back of a call between two dialects: stands between the provider and the flight, so that all that comes
 * after it (redaction, usage, delivery) meets the client's dialect only.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { asFault, Fault } from '../core/fault.ts';
import { headerText } from '../core/header-text.ts';
import { type JsonObject, parseObject } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import type { StreamTranslation, TranslatedCall } from '../dialects/index.ts';
import type { CallTranslation, Head, Receiver } from './provider.ts';
import { type StreamEvents, streamEvents } from './stream-events.ts';

/** A whole answer larger than this is none: it is held in memory to be translated. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** The provider works, although the client's dialect has no word for what it says. */
const SIGN_OF_LIFE = ':\n\n';

/** Receives in the provider's dialect what the next one receives in the client's. */
export interface TranslatedAnswer extends Receiver {
  /** As the provider reported it, so far. */
  usage(): Usage | undefined;
}

export function translatedAnswer(
  { dialect, call }: CallTranslation,
  stream: boolean,
  next: Receiver,
): TranslatedAnswer {
  return stream
    ? new StreamedAnswer(call, (event) => dialect.stream.frame(event), next)
    : new WholeAnswer(call, next);
}

/** The head as the client's side is to see it. What an upstream Sluice has dropped is dropped all the same. */
function translatedHead({ status, headers }: Head, type: string, { dropped }: TranslatedCall): Head {
  const translated: IncomingHttpHeaders = { ...headers, 'content-type': type };
  if (dropped.length > 0) {
    const before = headers['x-sluice-dropped'];
    const names = dropped.map(headerText).join(', ');
    translated['x-sluice-dropped'] = before === undefined ? names : `${String(before)}, ${names}`;
  }
  return { status, headers: translated };
}

const isAnswer = ({ status }: Head): boolean => status >= 200 && status < 300;

class StreamedAnswer implements TranslatedAnswer {
  readonly #call: TranslatedCall;
  readonly #translation: StreamTranslation;
  readonly #frame: (event: JsonObject) => string;
  readonly #next: Receiver;
  /** undefined: what comes is a refusal or no stream, and passes as it is. */
  #events: StreamEvents | undefined;
  /** The last event has been told; what the provider still sends is nobody's. */
  #over = false;

  constructor(call: TranslatedCall, frame: (event: JsonObject) => string, next: Receiver) {
    this.#call = call;
    this.#translation = call.stream();
    this.#frame = frame;
    this.#next = next;
  }

  head(head: Head): void {
    this.#events = isAnswer(head) ? streamEvents(head.headers['content-type']) : undefined;
    this.#next.head(
      this.#events ? translatedHead(head, 'text/event-stream; charset=utf-8', this.#call) : head,
    );
  }

  data(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#events === undefined) return this.#next.data(chunk);
    try {
      const events = this.#events.push(chunk);
      let text = this.#told(events);
      if (this.#events.over) text += this.#ended();
      if (text === '' && events.length > 0) text = SIGN_OF_LIFE;
      return text === '' || this.#next.data(Buffer.from(text));
    } catch (thrown) {
      this.#fail(asFault(thrown));
      return true;
    }
  }

  end(): void {
    if (this.#events !== undefined && !this.#over) {
      try {
        const text = this.#told(this.#events.end()) + this.#ended();
        if (text !== '') this.#next.data(Buffer.from(text));
      } catch (thrown) {
        return this.#fail(asFault(thrown));
      }
    }
    this.#next.end();
  }

  /** A connection that breaks after the last event has brought the whole answer. */
  fail(fault: Fault): void {
    if (this.#translation.complete()) this.end();
    else this.#fail(fault);
  }

  usage(): Usage | undefined {
    return this.#translation.usage();
  }

  #fail(fault: Fault): void {
    this.#over = true;
    this.#next.fail(fault);
  }

  #told(events: readonly JsonObject[]): string {
    let text = '';
    for (const event of events) {
      if (this.#over) break;
      const error = errorIn(event);
      if (error === undefined) {
        for (const told of this.#translation.event(event)) text += this.#frame(told);
      } else {
        // The client's side reads an error as the end of the stream, whichever dialect it was told in.
        text += this.#frame({ type: 'error', error });
        this.#over = true;
      }
    }
    return text;
  }

  /** What was held back until the end. An end before the provider's terminal event is left to be seen as a cut. */
  #ended(): string {
    if (this.#over || !this.#translation.complete()) return '';
    this.#over = true;
    let text = '';
    for (const event of this.#translation.end()) text += this.#frame(event);
    return text;
  }
}

class WholeAnswer implements TranslatedAnswer {
  readonly #call: TranslatedCall;
  readonly #next: Receiver;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #translates = false;
  #over = false;
  #usage: Usage | undefined;

  constructor(call: TranslatedCall, next: Receiver) {
    this.#call = call;
    this.#next = next;
  }

  head(head: Head): void {
    const stream = head.headers['content-type']?.includes('text/event-stream') ?? false;
    this.#translates = isAnswer(head) && !stream;
    this.#next.head(this.#translates ? translatedHead(head, 'application/json', this.#call) : head);
  }

  data(chunk: Uint8Array): boolean {
    if (!this.#translates) return this.#next.data(chunk);
    if (this.#over) return true;
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_ANSWER_BYTES) this.fail(tooLarge());
    else this.#chunks.push(chunk);
    return true;
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#translates && this.#bytes > 0) {
      try {
        this.#next.data(this.#translated());
      } catch (thrown) {
        return this.#next.fail(asFault(thrown));
      }
    }
    this.#next.end();
  }

  fail(fault: Fault): void {
    this.#over = true;
    this.#next.fail(fault);
  }

  usage(): Usage | undefined {
    return this.#usage;
  }

  /** @throws Fault `provider_error` where the provider's word for the end says that there is no answer */
  #translated(): Uint8Array {
    const bytes = Buffer.concat(this.#chunks);
    const body = parseObject(bytes.toString('utf8'));
    // Delivery says what is wrong with it, as it does in the client's own dialect.
    if (body === undefined || errorIn(body) !== undefined) return bytes;
    const answer = this.#call.answer(body);
    this.#usage = answer.usage;
    return Buffer.from(JSON.stringify(answer.body));
  }
}

function tooLarge(): Fault {
  return new Fault('provider_error', `The provider's answer is larger than ${MAX_ANSWER_BYTES} bytes.`);
}

/** The error that stands in an answer's place, in any dialect. A response that failed says so in its status as well. */
function errorIn(body: JsonObject): JsonObject[string] | undefined {
  if (body.error === undefined || body.error === null) return body.type === 'error' ? { ...body } : undefined;
  return body.object === 'response' ? undefined : body.error;
}
