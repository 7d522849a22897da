import type { PicoUsd } from './money.ts';
import type { Usage } from './usage.ts';

/**
 * One call to one provider. A request has one per target tried: retries, fallbacks, cancelled and failed
 * ones too, and each becomes a usage line of its own.
 */
export interface Attempt {
  /** UUIDv7; the identity of the usage line, so that draining it twice inserts it once. */
  readonly id: string;
  /** The provider's name in the configuration. */
  readonly provider: string;
  /** The model as the provider knows it. */
  readonly model: string;
  readonly region: string | undefined;
  /** Why it was made: the first of its request, again to the same target, to another one, beside a slow one, or to compare. */
  readonly role: 'first' | 'retry' | 'fallback' | 'hedge' | 'mirror';
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  /** From the start of the attempt; undefined while (or because) nothing came. */
  firstByteMs: number | undefined;
  /** From the start of the attempt to its end; undefined while it runs. */
  durationMs: number | undefined;
  /** HTTP status of the provider; undefined when it never answered. */
  status: number | undefined;
  outcome: 'running' | 'answered' | 'failed' | 'cancelled';
  /** Fault code of a failure, finish reason of an answer. */
  reason: string | undefined;
  usage: Usage;
  /** The id by which a provider that keeps its answers knows this one (Responses API). */
  responseId: string | undefined;
  /** Set when the attempt is settled; undefined means unpriced, which is not zero. */
  cost: { readonly picoUsd: PicoUsd; readonly priceVersion: string } | undefined;
}
