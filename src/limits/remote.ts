/**
 * Counting in another process: workers of one node ask its primary. What comes up in one turn of the event loop goes
 * as one message, so that a busy worker pays for few of them.
 */
import type { Counter, Taken } from './counter.ts';
import type { Health } from './fallback.ts';
import type { Limit } from './limit.ts';

type Call = readonly [orgId: string, limits: readonly Limit[], tokens: number, slot: string];

/** Plain data: it crosses a pipe. */
export interface CountBatch {
  readonly gives: readonly Call[];
  readonly takes: readonly Call[];
}

/** One for each take, in their order. */
export type CountAnswer = readonly Omit<Taken, 'counter'>[];

/** An answer that takes longer counts as none. */
const PATIENCE_MS = 250;

interface Waiting {
  readonly done: (taken: Taken) => void;
  readonly failed: (error: Error) => void;
}

/**
 * @param ask resolves with what the other process answers, however late; it never rejects, since these processes
 *   end together
 */
export function remoteCounter(ask: (batch: CountBatch) => Promise<CountAnswer>): Counter & Health {
  let state: Health['state'] = 'up';
  let takes: Call[] = [];
  let gives: Call[] = [];
  let waiting: Waiting[] = [];

  const send = (): void => {
    const batch = { gives, takes };
    const waiters = waiting;
    takes = [];
    gives = [];
    waiting = [];
    let late = false;
    const patience = setTimeout(() => {
      late = true;
      state = 'degraded';
      for (const { failed } of waiters) failed(new Error('the primary did not answer'));
    }, PATIENCE_MS);
    void ask(batch).then((answers) => {
      clearTimeout(patience);
      state = 'up';
      for (const [index, answer] of answers.entries()) {
        const call = batch.takes[index];
        // nobody waits for it any more: it was counted elsewhere
        if (late && call !== undefined && answer.refusedBy < 0)
          counter.give(call[0], call[1], -call[2], call[3]);
        else waiters[index]?.done({ ...answer, counter });
      }
    });
  };
  const soon = (): void => {
    if (takes.length + gives.length === 1) setImmediate(send);
  };

  const counter: Counter & Health = {
    get state() {
      return state;
    },
    take(...call) {
      takes.push(call);
      soon();
      return new Promise((done, failed) => waiting.push({ done, failed }));
    },
    give(...call) {
      gives.push(call);
      soon();
    },
  };
  return counter;
}

/** The other end: counts for one worker, and knows which slots that one holds. */
export class CounterHost {
  readonly #counter: Counter;
  readonly #held = new Map<string, Call>();

  /** @param counter synchronous; shared by the hosts of all workers */
  constructor(counter: Counter) {
    this.#counter = counter;
  }

  answer({ gives, takes }: CountBatch): CountAnswer {
    for (const call of gives) {
      this.#counter.give(...call);
      this.#held.delete(call[3]);
    }
    return takes.map((call) => {
      const taken = this.#counter.take(...call);
      if (taken instanceof Promise) throw new TypeError('a host counts synchronously');
      const { refusedBy, retryAfterMs, remaining, resetMs } = taken;
      if (refusedBy < 0 && call[1].some(({ kind }) => kind === 'concurrent')) this.#held.set(call[3], call);
      return { refusedBy, retryAfterMs, remaining, resetMs };
    });
  }

  /** The worker is gone: its requests do not run any more. */
  release(): void {
    for (const [orgId, limits, , slot] of this.#held.values()) this.#counter.give(orgId, limits, 0, slot);
    this.#held.clear();
  }
}
