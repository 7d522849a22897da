/** A provider's stream as events, whatever its framing. */
import { type JsonObject, parseObject } from '../core/json.ts';
import { AwsEventSplitter } from '../dialects/framing/aws-event-stream.ts';
import { NdjsonSplitter } from '../dialects/framing/ndjson.ts';
import { type SseFrame, SseSplitter } from '../dialects/framing/sse.ts';

/** One event larger than this is no event (images inside one were seen at a few MB). */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

export interface StreamEvents {
  /** The events that this chunk completes. @throws Fault `provider_error` for what is no event */
  push(chunk: Uint8Array): JsonObject[];
  /** What is complete without saying so when the stream ends. */
  end(): JsonObject[];
  /** The provider has said that nothing follows. */
  readonly over: boolean;
}

/** By the content type of the answer; undefined where that is no stream that anybody here can read. */
export function streamEvents(contentType: string | undefined): StreamEvents | undefined {
  const type = contentType?.toLowerCase() ?? 'text/event-stream';
  if (type.includes('text/event-stream')) return new SseEvents();
  if (type.includes('application/x-ndjson')) return new NdjsonEvents();
  return type.includes('application/vnd.amazon.eventstream') ? new AwsEvents() : undefined;
}

class SseEvents implements StreamEvents {
  readonly #splitter = new SseSplitter(MAX_EVENT_BYTES);
  over = false;

  push(chunk: Uint8Array): JsonObject[] {
    const events: JsonObject[] = [];
    for (const frame of this.#splitter.push(chunk)) this.#read(frame, events);
    return events;
  }

  end(): JsonObject[] {
    const events: JsonObject[] = [];
    const last = this.#splitter.end();
    if (last !== undefined) this.#read(last, events);
    return events;
  }

  /** One unreadable event is dropped; the stream goes on (litellm#40404). */
  #read({ data }: SseFrame, events: JsonObject[]): void {
    if (data === '[DONE]') this.over = true;
    const event = data === undefined ? undefined : parseObject(data);
    if (event !== undefined) events.push(event);
  }
}

/** A line each; what is no JSON is dropped, and the stream goes on. */
class NdjsonEvents implements StreamEvents {
  readonly #splitter = new NdjsonSplitter(MAX_EVENT_BYTES);
  readonly over = false;

  push(chunk: Uint8Array): JsonObject[] {
    return this.#splitter.push(chunk);
  }

  end(): JsonObject[] {
    return this.#splitter.end();
  }
}

/** Of each message the payload, under the name of its type: `{contentBlockDelta: {…}}`, as the AWS SDKs give it. */
class AwsEvents implements StreamEvents {
  readonly #splitter = new AwsEventSplitter(MAX_EVENT_BYTES);
  readonly over = false;

  push(chunk: Uint8Array): JsonObject[] {
    return this.#splitter
      .push(chunk)
      .map(({ type, refused, payload }) =>
        refused ? { type: 'error', error: { type, code: statusOf(type), ...payload } } : { [type]: payload },
      );
  }

  end(): JsonObject[] {
    return [];
  }
}

/** The status that an exception inside a stream would have had outside. */
const EXCEPTION_STATUS: Readonly<Record<string, string>> = {
  throttlingException: '429',
  serviceUnavailableException: '503',
  modelTimeoutException: '408',
  validationException: '400',
  accessDeniedException: '403',
  resourceNotFoundException: '404',
  modelNotReadyException: '503',
};

function statusOf(exception: string): string {
  return EXCEPTION_STATUS[exception] ?? '500';
}
