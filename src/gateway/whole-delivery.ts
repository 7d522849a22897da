/** Delivers an answer that is not streamed: a stream of one. */
import { asFault, Fault } from '../core/fault.ts';
import { type JsonObject, parseObject } from '../core/json.ts';
import { NO_USAGE } from '../core/usage.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { droppedHeader } from '../dialects/index.ts';
import type { Delivered, Delivery, DeliverySink } from './delivery.ts';
import type { Ending } from './stage.ts';
import { endingOf } from './walk.ts';

/** Collects the one JSON body, reads its usage, lets the transforms see it, and holds it until settled. */
export class WholeDelivery implements DeliverySink {
  readonly #delivery: Delivery;
  readonly #resolve: (delivered: Delivered) => void;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #gone: Fault | undefined;
  #over = false;
  /** It was an error in place of an answer, for which nobody bills. */
  #refused = false;
  /** What of the provider's answer could not be carried. */
  #lost: readonly string[] = [];

  constructor(delivery: Delivery, resolve: (delivered: Delivered) => void) {
    this.#delivery = delivery;
    this.#resolve = resolve;
  }

  data(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#delivery.maxAnswerBytes) {
      const fault = new Fault(
        'provider_error',
        `The provider's answer is larger than ${this.#delivery.maxAnswerBytes} bytes.`,
      );
      this.#delivery.answer.source.cancel(fault);
      this.fail(fault);
    } else this.#chunks.push(chunk);
    return true;
  }

  end(): void {
    try {
      const body = this.#read();
      if (!(body instanceof Promise)) return this.#answer(body);
      body.then((read) => this.#answer(read)).catch((thrown: unknown) => this.#failed(asFault(thrown)));
    } catch (thrown) {
      this.#unread();
      this.#failed(asFault(thrown));
    }
  }

  #answer(body: Uint8Array | string): void {
    if (this.#gone) return this.#done(endingOf(this.#gone), () => undefined);
    const { client, answer } = this.#delivery;
    this.#done({ kind: 'done' }, () => client.sendWhole(answer.status, this.#headers(), body));
  }

  #headers(): Record<string, string> {
    const headers = this.#delivery.headers();
    if (this.#lost.length > 0) {
      headers['x-sluice-dropped'] = droppedHeader(headers['x-sluice-dropped'], this.#lost);
    }
    return headers;
  }

  /** It broke off. The provider had begun to answer, so it has read the request, and bills it (bifrost#3357). */
  fail(fault: Fault): void {
    const { attempt, estimateUsage } = this.#delivery;
    if (this.#over) return;
    if (attempt) attempt.usage = estimateUsage(this.#bytes);
    this.#failed(fault);
  }

  abandon(fault: Fault): void {
    this.#gone = fault;
    if (this.#delivery.onDisconnect === 'cancel') this.fail(fault);
  }

  /** An answer that cannot be read here was written all the same, and is billed. */
  #unread(): void {
    const { attempt, estimateUsage } = this.#delivery;
    if (attempt?.usage === NO_USAGE && !this.#refused) attempt.usage = estimateUsage(this.#bytes);
  }

  #failed(fault: Fault): void {
    const { client, headers } = this.#delivery;
    const cause = this.#gone ?? fault;
    this.#done(endingOf(cause), () => client.sendFault(cause, headers()));
  }

  #done(ending: Ending, finish: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#resolve({ ending, finish });
  }

  #read(): Uint8Array | string | Promise<string> {
    const { dialect, attempt, transforms, estimateUsage, answer } = this.#delivery;
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks);
    const body = parseAnswer(bytes);
    const usage = answer.source.usage?.() ?? dialect.answerUsage(body);
    const finish = dialect.answerFinish(body);
    if (usage === undefined && finish === undefined) this.#refuseError(body);
    if (attempt) {
      attempt.usage = usage ?? estimateUsage(textLength(dialect, body));
      attempt.reason = finish;
      attempt.responseId = dialect.responseId?.(body);
    }
    const lost = answer.mender?.whole(body, attempt?.usage);
    if (lost !== undefined) this.#lost = lost;
    if (transforms.length === 0) return lost === undefined ? bytes : JSON.stringify(body);
    const waiting = transforms.flatMap((transform) => transform.ready?.(body) ?? []);
    return waiting.length === 0
      ? this.#transformed(body)
      : Promise.all(waiting).then(() => this.#transformed(body));
  }

  /** Some send their refusal with status 200. A response that failed says so in its status, and is an answer. */
  #refuseError({ error }: JsonObject): void {
    if (error === undefined || error === null) return;
    this.#refused = true;
    throw new Fault('provider_error', 'The provider answered with an error in place of an answer.', {
      internal: JSON.stringify(error).slice(0, 2000),
    });
  }

  #transformed(body: JsonObject): string {
    for (const transform of this.#delivery.transforms) transform.whole(body);
    return JSON.stringify(body);
  }
}

/** Of all texts of a whole answer, in UTF-16 units. */
export function textLength(dialect: Dialect, body: JsonObject): number {
  let length = 0;
  for (const { text } of dialect.answerTexts(body)) length += text.length;
  return length;
}

function parseAnswer(bytes: Uint8Array): JsonObject {
  const body = parseObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  if (body !== undefined) return body;
  // the text itself may be private and is not quoted
  throw new Fault('provider_error', 'The provider answered with something that is not a JSON object.');
}
