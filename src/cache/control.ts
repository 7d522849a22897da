/** What a client says of the cache, in `cache-control` (RFC 9111 §5.2.1). */
export interface CacheControl {
  /** Neither answered from the cache nor kept. */
  readonly noStore: boolean;
  /** Not answered from the cache, but kept. */
  readonly noCache: boolean;
  /** The oldest answer that will do, in seconds; Infinity where nothing is said. */
  readonly maxAgeSeconds: number;
}

const NOTHING: CacheControl = { noStore: false, noCache: false, maxAgeSeconds: Number.POSITIVE_INFINITY };

export function cacheControl(header: string | undefined): CacheControl {
  if (header === undefined) return NOTHING;
  const directives = header
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  const maxAge = directives.find((directive) => /^max-age="?\d{1,10}"?$/.test(directive));
  return {
    noStore: directives.includes('no-store'),
    noCache: directives.includes('no-cache'),
    maxAgeSeconds: maxAge === undefined ? NOTHING.maxAgeSeconds : Number(/\d+/.exec(maxAge)?.[0]),
  };
}
