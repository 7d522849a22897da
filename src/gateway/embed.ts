import { isJsonObject } from '../core/json.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import { embeddings } from './endpoints/embeddings.ts';
import type { Shadows } from './shadow.ts';
import type { Arrival } from './stage.ts';

/**
 * The vector of a text, asked for on behalf of the caller and billed like a request of theirs; undefined where no
 * provider that they may use gives one.
 */
export async function embed(
  shadows: Shadows,
  x: Arrival & HasPrincipal & HasVerdict,
  model: string,
  text: string,
): Promise<readonly number[] | undefined> {
  const body = { model, input: text, encoding_format: 'float' };
  const answer = await shadows.send(x, {
    suffix: '.embedding',
    endpoint: embeddings,
    described: embeddings.dialect.describe(body),
    body,
    plan: undefined,
  });
  const [first] = Array.isArray(answer?.data) ? answer.data : [];
  const vector = isJsonObject(first) ? first.embedding : undefined;
  return Array.isArray(vector) && vector.every((value) => typeof value === 'number') ? vector : undefined;
}
