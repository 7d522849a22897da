/** Tokens that live for an hour or so, and are fetched with a longer-lived secret. */
import type { Clock } from '../core/clock.ts';

export interface AccessToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** From then on a new one is fetched, while the old one still serves. */
const EARLY_MS = 300_000;
/** A token that ends sooner is not sent any more. */
const MARGIN_MS = 30_000;
/** After a refresh that failed while the old one still serves, and after a token that was refused. */
const RETRY_MS = 10_000;

/** One token at a time: it is fetched once for all calls that wait for it, and renewed before it ends. */
export class AccessTokens {
  readonly #fetch: () => Promise<AccessToken>;
  readonly #clock: Clock;
  #current: AccessToken | undefined;
  #fetching: Promise<string> | undefined;
  #notBeforeMs = 0;

  /** @param fetch rejects with what is wrong with the secret or the way to the issuer */
  constructor(fetch: () => Promise<AccessToken>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** The token where there is a good one, else a promise of it. */
  get(): string | Promise<string> {
    const nowMs = this.#clock.now();
    const leftMs = (this.#current?.expiresAtMs ?? 0) - nowMs;
    if (this.#current === undefined || leftMs <= MARGIN_MS) return this.#renewed();
    if (leftMs <= EARLY_MS && nowMs >= this.#notBeforeMs) {
      // Who asks later hears of a failure that lasts.
      this.#renewed().catch(() => undefined);
    }
    return this.#current.token;
  }

  /**
   * A provider refused it before its end: the next call fetches another one.
   * @param tail what was sent of it
   * @returns whether asking again may help; not where one that was fetched a moment ago is refused as well
   */
  refused(tail: string): boolean {
    if (this.#current === undefined || !this.#current.token.endsWith(tail)) return true;
    const nowMs = this.#clock.now();
    if (nowMs < this.#notBeforeMs) return false;
    this.#notBeforeMs = nowMs + RETRY_MS;
    this.#current = undefined;
    return true;
  }

  #renewed(): Promise<string> {
    this.#fetching ??= this.#fetch()
      .then((fetched) => {
        this.#current = fetched;
        return fetched.token;
      })
      .catch((error: unknown) => {
        this.#notBeforeMs = this.#clock.now() + RETRY_MS;
        throw error;
      })
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }
}
