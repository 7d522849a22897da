/** Equal requests at once: one asks the provider, the others wait for its answer (in this process). */

/** A leader's promise to say when its answer is kept, or will not be. */
export interface Flight {
  readonly landed: Promise<void>;
  readonly land: () => void;
}

export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  /** The request that is under way for this key. */
  under(key: string): Flight | undefined {
    return this.#flights.get(key);
  }

  /** Leads; undefined where another one does already. Whoever leads must land. */
  lead(key: string): Flight | undefined {
    if (this.#flights.has(key)) return undefined;
    let resolve: () => void = () => undefined;
    const landed = new Promise<void>((done) => {
      resolve = done;
    });
    const land = (): void => {
      this.#flights.delete(key);
      resolve();
    };
    const flight = { landed, land };
    this.#flights.set(key, flight);
    return flight;
  }
}

/** Waits for the flight, but neither longer than that nor for a client that left. */
export function waited(flight: Flight, signal: AbortSignal, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, mostMs);
    signal.addEventListener('abort', done, { once: true });
    void flight.landed.then(done);
  });
}
