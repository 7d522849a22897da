/** Walks the street: enters the stages in order, and settles what was entered in reverse, exactly once. */
import type { Clock } from '../core/clock.ts';
import { asFault, Fault } from '../core/fault.ts';
import type { Exchange } from './exchange.ts';
import type { AnyStage } from './order.ts';
import { CALL_UPSTREAM, type Ending, type EventTransform, type StreamWatch } from './stage.ts';

interface RunnableStage {
  readonly name: string;
  readonly enter: (x: Exchange) => void | Promise<void>;
  readonly events?: (x: Exchange) => EventTransform | undefined;
  readonly watch?: (x: Exchange) => StreamWatch | undefined;
  readonly settle?: (x: Exchange, ending: Ending) => void | Promise<void>;
}

/** A stage that failed to settle: a bug or, where it is `record`, a full journal. */
export interface SettleFailure {
  readonly stage: string;
  readonly fault: Fault;
}

export class Walk {
  readonly #stages: readonly RunnableStage[];
  readonly #x: Exchange;
  readonly #clock: Clock;
  #entered = 0;
  #settled = false;
  /** Milliseconds of the gateway's own work per entered stage, in the order of the street. */
  readonly stageMs: number[] = [];

  constructor(stages: readonly AnyStage[], x: Exchange, clock: Clock) {
    // `ordered` has proven at compile time that every stage finds its slots filled.
    this.#stages = stages as readonly RunnableStage[];
    this.#x = x;
    this.#clock = clock;
  }

  /** Enters stage after stage until one answers. @throws what a stage throws */
  async enter(): Promise<void> {
    let before = this.#clock.elapsed();
    for (const stage of this.#stages) {
      if (this.#x.signal.aborted) throw asFault(this.#x.signal.reason);
      this.#entered += 1;
      try {
        const waiting = stage.enter(this.#x);
        if (waiting !== undefined) await waiting;
      } finally {
        const after = this.#clock.elapsed();
        this.stageMs.push(after - before);
        before = after;
      }
      if (this.#x.answer !== null) return;
    }
    throw new Fault('internal_error', 'The gateway found nobody to answer.', {
      internal: 'no stage answered',
    });
  }

  /** The transforms of the answer, innermost (last entered) first. */
  transforms(): EventTransform[] {
    const transforms: EventTransform[] = [];
    for (let i = this.#entered - 1; i >= 0; i--) {
      const transform = this.#stages[i]?.events?.(this.#x);
      if (transform !== undefined) transforms.push(transform);
    }
    return transforms;
  }

  /** Who may cut the streamed answer. */
  watch(): StreamWatch | undefined {
    for (let i = 0; i < this.#entered; i++) {
      const watch = this.#stages[i]?.watch?.(this.#x);
      if (watch !== undefined) return watch;
    }
    return undefined;
  }

  /**
   * Settles every entered stage, last in first out. A stage that fails does not keep the others from settling;
   * the failures are returned, outermost last.
   */
  async settle(ending: Ending): Promise<SettleFailure[]> {
    if (this.#settled) throw new Error(`request ${this.#x.requestId} was settled twice`);
    this.#settled = true;
    const failures: SettleFailure[] = [];
    for (let i = this.#entered - 1; i >= 0; i--) {
      try {
        const waiting = this.#stages[i]?.settle?.(this.#x, ending);
        if (waiting !== undefined) await waiting;
      } catch (thrown) {
        failures.push({ stage: this.name(i), fault: asFault(thrown) });
      }
    }
    return failures;
  }

  /** The stages entered and their milliseconds, in `server-timing` form. */
  serverTiming(): string {
    let text = '';
    for (let i = 0; i < this.stageMs.length; i++) {
      text += `${i === 0 ? '' : ', '}${this.#stages[i]?.name};dur=${Math.round((this.stageMs[i] as number) * 1000) / 1000}`;
    }
    return text;
  }

  /** Milliseconds of the gateway's own work before the answer began: every stage but the one that calls a provider. */
  ownMs(): number {
    let sum = 0;
    for (let i = 0; i < this.stageMs.length; i++) {
      if (this.#stages[i]?.name !== CALL_UPSTREAM) sum += this.stageMs[i] as number;
    }
    return sum;
  }

  /** Names of the stages, parallel to `stageMs`. */
  name(index: number): string {
    return this.#stages[index]?.name ?? '';
  }
}

export function clientClosed(): Fault {
  return new Fault(
    'client_closed_request',
    'The client closed the connection before the answer was complete.',
  );
}

/** How a request ends that stopped at a fault. */
export function endingOf(fault: Fault): Ending {
  if (fault.code === 'client_closed_request') return { kind: 'abandoned', fault };
  return { kind: fault.status < 500 && !fault.code.startsWith('provider_') ? 'refused' : 'failed', fault };
}
