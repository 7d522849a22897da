import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../core/json.ts';
import type { Described, Operation } from '../dialects/dialect.ts';
import type { Arrival } from '../gateway/stage.ts';
import type { Principal } from '../identity/index.ts';
import type { CacheScope } from './ruling.ts';

/** Members that say who asks, or how the provider is to keep its own cache; the answer does not depend on them. */
const NEUTRAL: ReadonlySet<string> = new Set([
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
]);

/** Headers of the client that go to the provider and change what it answers. */
const TELLING_HEADERS = ['anthropic-version', 'anthropic-beta', 'openai-beta'] as const;

export interface KeyParts {
  readonly principal: Principal;
  /** Ids of the policies that judged the request. */
  readonly policies: readonly string[];
  readonly scope: CacheScope;
  readonly operation: Operation;
  readonly headers: Arrival['headers'];
  /** Tells what some dialects (Gemini's) say in the path and not in the body. */
  readonly described: Pick<Described, 'model' | 'stream'>;
  /** After redaction. */
  readonly body: JsonObject;
}

/**
 * The key of an answer: the same request to the same operation, after redaction, by a caller with the same rights.
 * The organisation is hashed first, so that no body of one tenant can ever meet an entry of another (litellm#29955); a
 * key that may use fewer models never meets what another one was answered.
 */
export function cacheKey(parts: KeyParts): string {
  const { principal, policies, scope, operation, headers, described, body } = parts;
  const hash = createHash('sha256').update(
    `${principal.orgId}\n${sharers(principal, scope)}\n${operation}\n`,
  );
  hash.update(
    `${described.model}\n${described.stream}\n${rightsOf(principal)}\n${JSON.stringify(policies)}\n`,
  );
  for (const name of TELLING_HEADERS) hash.update(`${String(headers[name] ?? '')}\n`);
  return hash.update(canonicalRequest(body)).digest('base64url');
}

function canonicalRequest(body: JsonObject): string {
  for (const member of NEUTRAL) {
    if (!Object.hasOwn(body, member)) continue;
    const telling = Object.entries(body).filter(([name]) => !NEUTRAL.has(name));
    return canonicalJson(Object.fromEntries(telling));
  }
  return canonicalJson(body);
}

/** Who has no team or is no person shares with nobody. */
function sharers({ teamId, userId, keyId, actor }: Principal, scope: CacheScope): string {
  switch (scope) {
    case 'org':
      return '';
    case 'team':
      return `team/${teamId ?? actor}`;
    case 'user':
      return `user/${userId ?? actor}`;
    case 'key':
      return `key/${keyId ?? actor}`;
  }
}

const rights = new WeakMap<Principal, string>();

/** Written once per key: a principal keeps what it was made with. */
function rightsOf(principal: Principal): string {
  let text = rights.get(principal);
  if (text === undefined) {
    text = canonicalJson({ models: principal.models, org: principal.org });
    rights.set(principal, text);
  }
  return text;
}
