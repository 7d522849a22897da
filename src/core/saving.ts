import type { Attempt } from './attempt.ts';
import type { PicoUsd } from './money.ts';

/** What an answer from the cache spares. */
export interface Saving {
  /** Who had given the answer. */
  readonly target: Pick<Attempt, 'provider' | 'model' | 'region'>;
  /** What it had cost; undefined where its price was not known. */
  readonly picoUsd: PicoUsd | undefined;
}
