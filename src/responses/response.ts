/** Which answers a provider keeps, and by which ids: pure rules. */
import type { Arrival, Call } from '../gateway/stage.ts';

/** What providers make; anything else was not made by one, and is asked of nobody. */
const RESPONSE_ID = /^[A-Za-z0-9][A-Za-z0-9._:~=-]{0,199}$/;

export function isResponseId(text: string): boolean {
  return RESPONSE_ID.test(text);
}

/** The id by which the provider keeps the answer of this request; undefined where it keeps none. */
export function keptResponseId(x: {
  readonly attempts: Arrival['attempts'];
  readonly call?: Call | null;
}): string | undefined {
  const id = x.attempts.at(-1)?.responseId;
  // Providers keep answers unless they are told not to.
  if (id === undefined || x.call?.body.store === false || !isResponseId(id)) return undefined;
  return id;
}

/** Before the id, where an audit record names a response. */
export const RESOURCE_PREFIX = 'response/';

/** How audit records name a response; undefined for what cannot be one, and may be anything. */
export function responseResource(id: string): string | undefined {
  return isResponseId(id) ? `${RESOURCE_PREFIX}${id}` : undefined;
}
