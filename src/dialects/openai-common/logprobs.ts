import type { Json, JsonObject } from '../../core/json.ts';
import type { TokenLogprob } from '../canonical/answer.ts';
import { objectsIn } from '../fields.ts';

/** Log probabilities as chat and responses both have them; undefined where there are none. */
export function readTokens(value: Json | undefined): TokenLogprob[] | undefined {
  const tokens = objectsIn(value).map((token) => ({
    ...tokenOf(token),
    top: objectsIn(token.top_logprobs).map(tokenOf),
  }));
  return tokens.length === 0 ? undefined : tokens;
}

function tokenOf(token: JsonObject): { token: string; logprob: number } {
  const { logprob } = token;
  return { token: String(token.token ?? ''), logprob: typeof logprob === 'number' ? logprob : 0 };
}

export function writeTokens(logprobs: readonly TokenLogprob[]): JsonObject[] {
  const bytes = (token: string): number[] => [...Buffer.from(token)];
  return logprobs.map(({ token, logprob, top }) => ({
    token,
    logprob,
    bytes: bytes(token),
    top_logprobs: top.map((other) => ({ ...other, bytes: bytes(other.token) })),
  }));
}
