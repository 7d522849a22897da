import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../core/json.ts';
import type { Operation } from '../dialects/dialect.ts';

/**
 * The key of an answer: the same request of the same organisation to the same operation, after redaction. The
 * organisation is hashed first, so that no body of one tenant can ever meet an entry of another (litellm#29955).
 */
export function cacheKey(orgId: string, operation: Operation, body: JsonObject): string {
  const hash = createHash('sha256');
  hash.update(`${orgId}\n${operation}\n`);
  hash.update(canonicalJson(body));
  return hash.digest('base64url');
}
