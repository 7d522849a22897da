/** An answer as it is kept: what the provider said, before placeholders are restored for one caller. */
import type { Attempt } from '../core/attempt.ts';
import { isJsonObject, type JsonObject, parseObject } from '../core/json.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Answer, ByteSource, EventTransform } from '../gateway/stage.ts';
import type { Target } from '../providers/index.ts';

export interface Entry {
  /** Of this format; an entry of another one is as good as none. */
  readonly v: 2;
  /** Epoch milliseconds. */
  readonly keptAtMs: number;
  readonly status: number;
  /** Who said it: on a hit the policies are asked again whether it may still be used. */
  readonly target: Target;
  readonly contentType: string;
  /** See Answer: the same request asked for it, or did not. */
  readonly usageInjected: boolean;
  /** What it had cost, a whole number; null = unpriced. */
  readonly picoUsd: string | null;
  /** One body, or the events of a stream. */
  readonly events: readonly JsonObject[];
}

/** @returns the entry's text; written by hand, because its events are texts already */
export function writeEntry(
  { status, headers, usageInjected }: Answer,
  { provider, model, region, cost }: Attempt,
  events: readonly string[],
  nowMs: number,
): string {
  const head: Omit<Entry, 'events'> = {
    v: 2,
    keptAtMs: nowMs,
    status,
    target: { provider, model, region },
    contentType: headers['content-type'] ?? 'application/json',
    usageInjected,
    picoUsd: cost === undefined ? null : cost.picoUsd.toString(),
  };
  return `${JSON.stringify(head).slice(0, -1)},"events":[${events.join(',')}]}`;
}

export function readEntry(text: string): Entry | undefined {
  const entry = parseObject(text);
  return entry?.v === 2 && Array.isArray(entry.events) && isJsonObject(entry.target)
    ? (entry as unknown as Entry)
    : undefined;
}

/** Listens to an answer as the innermost transform; changes nothing. */
export class Recording implements EventTransform {
  readonly #dialect: Dialect;
  readonly #maxLength: number;
  readonly #completed = new Set<number>();
  #events: string[] = [];
  #length = 0;

  /** @param maxLength of all events together, in UTF-16 units; beyond, nothing is kept */
  constructor(dialect: Dialect, maxLength: number) {
    this.#dialect = dialect;
    this.#maxLength = maxLength;
  }

  event(event: JsonObject): JsonObject[] {
    for (const choice of this.#dialect.stream.completes(event)) this.#completed.add(choice);
    this.#keep(event);
    return [event];
  }

  end(): JsonObject[] {
    return [];
  }

  whole(body: JsonObject): void {
    this.#keep(body);
  }

  /** What was heard; undefined where it was too much, or not all. @param choices that a stream must have completed */
  heard(stream: boolean, choices: number): readonly string[] | undefined {
    if (this.#length > this.#maxLength || this.#events.length === 0) return undefined;
    return stream && this.#completed.size < choices ? undefined : this.#events;
  }

  /** As text, because transforms further out change events in place. */
  #keep(event: JsonObject): void {
    if (this.#length > this.#maxLength) return;
    const text = JSON.stringify(event);
    this.#length += text.length;
    if (this.#length > this.#maxLength) this.#events = [];
    else this.#events.push(text);
  }
}

/** The answer again, as it was given: a stream as a stream. */
export function replay(entry: Entry, dialect: Dialect, stream: boolean, nowMs: number): Answer {
  const text = stream
    ? entry.events.map((event) => dialect.stream.frame(event)).join('') + dialect.stream.terminator
    : JSON.stringify(entry.events[0]);
  const age = Math.max(0, Math.floor((nowMs - entry.keptAtMs) / 1000));
  return {
    status: entry.status,
    headers: { 'content-type': entry.contentType, age: String(age), 'x-sluice-cost-usd': '0' },
    stream,
    usageInjected: entry.usageInjected,
    saving: {
      target: entry.target,
      picoUsd: entry.picoUsd === null ? undefined : BigInt(entry.picoUsd),
    },
    source: sourceOf(text),
  };
}

function sourceOf(text: string): ByteSource {
  return {
    pipe: (sink) => {
      sink.data(Buffer.from(text));
      sink.end();
    },
    resume: () => undefined,
    cancel: () => undefined,
  };
}
