/**
 * Anthropic's stream as Bedrock's InvokeModelWithResponseStream wraps it: each message of the event stream holds one
 * event in base64. Told on as the server-sent events that Anthropic itself would send.
 */
import { asFault, type Fault } from '../core/fault.ts';
import { type JsonObject, parseObject } from '../core/json.ts';
import { readObject, readText } from '../dialects/fields.ts';
import type { Head, Receiver } from './provider.ts';
import { type StreamEvents, streamEvents } from './stream-events.ts';

const SSE = 'text/event-stream; charset=utf-8';

export class AwsToSse implements Receiver {
  readonly #next: Receiver;
  /** undefined: what comes is a refusal or a whole answer, and passes as it is. */
  #events: StreamEvents | undefined;
  #over = false;

  constructor(next: Receiver) {
    this.#next = next;
  }

  head({ status, headers }: Head): void {
    const type = headers['content-type'];
    const wrapped = type?.includes('application/vnd.amazon.eventstream') === true;
    this.#events = wrapped ? streamEvents(type) : undefined;
    this.#next.head({ status, headers: wrapped ? { ...headers, 'content-type': SSE } : headers });
  }

  data(chunk: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#events === undefined) return this.#next.data(chunk);
    try {
      const text = this.#events.push(chunk).map(frameOf).join('');
      return text === '' || this.#next.data(Buffer.from(text));
    } catch (thrown) {
      this.fail(asFault(thrown));
      return true;
    }
  }

  end(): void {
    if (!this.#over) this.#next.end();
  }

  fail(fault: Fault): void {
    if (this.#over) return;
    this.#over = true;
    this.#next.fail(fault);
  }
}

function frameOf(event: JsonObject): string {
  const wrapped = readText(readObject(event.chunk)?.bytes);
  const data =
    wrapped === undefined ? JSON.stringify(event) : Buffer.from(wrapped, 'base64').toString('utf8');
  const type = readText((wrapped === undefined ? event : parseObject(data))?.type);
  return `${type === undefined ? '' : `event: ${type}\n`}data: ${data}\n\n`;
}
