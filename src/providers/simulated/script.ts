/** How one simulated call goes. */
export interface Script {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one by one; each takes the time of a token. */
  readonly chunks: readonly string[];
  /** How it stops after the last chunk. */
  readonly stops: 'ended' | 'broken' | 'never';
  /** Milliseconds and tokens per second where the model has a pace of its own; 0 = at once. */
  readonly pace: Pace | undefined;
}

export interface Pace {
  readonly latencyMs: number;
  /** 0 = as fast as it is read. */
  readonly tokensPerSecond: number;
}

/** A named event as Anthropic and the Responses API send it. */
export function namedEvent(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

export function dataEvent(event: unknown): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
