import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../core/json.ts';
import type { Described, Operation } from '../dialects/dialect.ts';
import type { Principal } from '../identity/index.ts';

/**
 * The key of an answer: the same request to the same operation, after redaction, by a caller with the same
 * rights. The organisation is hashed first, so that no body of one tenant can ever meet an entry of another
 * (litellm#29955); a key that may use fewer models never meets what another one was answered.
 *
 * @param policies ids of the policies that judged the request
 * @param described tells what some dialects (Gemini's) say in the path and not in the body
 */
export function cacheKey(
  principal: Principal,
  policies: readonly string[],
  operation: Operation,
  { model, stream }: Described,
  body: JsonObject,
): string {
  const rights = { models: principal.models, org: principal.org, policies };
  return createHash('sha256')
    .update(
      `${principal.orgId}\n${operation}\n${model}\n${stream}\n${canonicalJson(rights)}\n${canonicalJson(body)}`,
    )
    .digest('base64url');
}
