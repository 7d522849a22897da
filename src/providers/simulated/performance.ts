import { Fault } from '../../core/fault.ts';
import type { Receiver, Transmission } from '../provider.ts';
import type { Pace, Script } from './script.ts';

/** Plays a script to a receiver: with its latency, at its pace, and no faster than the receiver takes it. */
export class Performance implements Transmission {
  readonly sent = true;
  readonly #script: Script;
  readonly #pace: Pace;
  readonly #receiver: Receiver;
  readonly #provider: string;
  #next = 0;
  #begunMs = 0;
  #waiting = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param pace holds where the script brings none of its own. */
  constructor(script: Script, pace: Pace, receiver: Receiver, provider: string) {
    this.#script = script;
    this.#pace = script.pace ?? pace;
    this.#receiver = receiver;
    this.#provider = provider;
    if (this.#pace.latencyMs > 0) this.#timer = setTimeout(() => this.#begin(), this.#pace.latencyMs);
    else queueMicrotask(() => this.#begin());
  }

  resume(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#play();
  }

  cancel(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #begin(): void {
    const { status, headers, chunks, stops } = this.#script;
    if (this.#over || (chunks.length === 0 && stops === 'never')) return;
    this.#begunMs = performance.now();
    this.#receiver.head({ status, headers });
    this.#play();
  }

  #play(): void {
    const { chunks } = this.#script;
    const { tokensPerSecond } = this.#pace;
    while (!this.#over && this.#next < chunks.length) {
      if (tokensPerSecond > 0) {
        const waitMs = this.#begunMs + (this.#next * 1000) / tokensPerSecond - performance.now();
        if (waitMs > 0) {
          this.#timer = setTimeout(() => this.#play(), waitMs);
          return;
        }
      }
      const chunk = Buffer.from(chunks[this.#next++] ?? '');
      if (!this.#receiver.data(chunk)) {
        this.#waiting = true;
        return;
      }
    }
    if (!this.#over) this.#stop();
  }

  #stop(): void {
    const { stops } = this.#script;
    if (stops === 'never') return;
    this.#over = true;
    if (stops === 'ended') this.#receiver.end();
    else {
      this.#receiver.fail(
        new Fault(
          'provider_stream_broken',
          `The provider ${this.#provider} closed the connection before its answer was complete.`,
        ),
      );
    }
  }
}
