/**
 * The keys of one provider: those of the configuration, and those that organisations bring along. A key that the
 * provider refuses or limits is left alone for a while where there is another one.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { retryAfterMs } from './headers.ts';
import {
  exhaustedUntilMs,
  type RateLimitHeaders,
  type RateLimits,
  readRateLimits,
  tellsLimits,
  usedUp,
} from './rate-limits.ts';

export interface ProviderKey {
  /** Stable over reloads: `<provider>/<name>`, or the id of the row. */
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly weight: number;
}

/** A key at work. */
export interface KeyState extends ProviderKey {
  /** Epoch milliseconds until which others are preferred; 0 = never parked. */
  readonly parkedUntilMs: number;
}

interface Entry extends ProviderKey {
  parkedUntilMs: number;
  /** What was sent with it was refused, and is fetched anew for the next call. */
  renewed: boolean;
  /** Headers of the last answer, read only when somebody asks. */
  told: { readonly headers: IncomingHttpHeaders; readonly atMs: number } | undefined;
  /** Smooth weighted round robin: what the key is owed. */
  owed: number;
}

/** A refused key may have been renewed at the provider's side. */
const REFUSED_MS = 300_000;
/** Where a provider limits a key and does not say for how long. */
const LIMITED_MS = 5_000;

export class KeyRing {
  readonly #clock: Clock;
  readonly #limitHeaders: RateLimitHeaders | undefined;
  readonly #gateway: readonly Entry[];
  #byOrg: ReadonlyMap<string, readonly Entry[]> = new Map();

  /** @param keys those of the configuration. @param limitHeaders how the provider names its limits. */
  constructor(keys: readonly ProviderKey[], limitHeaders: RateLimitHeaders | undefined, clock: Clock) {
    this.#gateway = keys.map(entry);
    this.#limitHeaders = limitHeaders;
    this.#clock = clock;
  }

  /** The keys of organisations from now on. What is known of a key outlives the change, unless its secret changed. */
  useOrgKeys(byOrg: ReadonlyMap<string, readonly ProviderKey[]>): void {
    const before = new Map([...this.#byOrg.values()].flat().map((one) => [one.id, one]));
    this.#byOrg = new Map(
      [...byOrg].map(([orgId, keys]) => [orgId, keys.map((key) => continued(key, before.get(key.id)))]),
    );
  }

  /** An organisation with keys of its own uses no others: what it calls is on its account. */
  hasKeyFor(orgId: string): boolean {
    return this.#of(orgId).length > 0;
  }

  /** The next key in turn, of those that are not parked; of parked ones the one whose time is up first. */
  choose(orgId: string): KeyState | undefined {
    const keys = this.#of(orgId);
    if (keys.length < 2) return keys[0];
    const nowMs = this.#clock.now();
    let chosen: Entry | undefined;
    let total = 0;
    for (const key of keys) {
      if (key.parkedUntilMs > nowMs) continue;
      key.owed += key.weight;
      total += key.weight;
      if (chosen === undefined || key.owed > chosen.owed) chosen = key;
    }
    if (chosen === undefined) return soonest(keys);
    chosen.owed -= total;
    return chosen;
  }

  /** @param tried keys that one request has used. True where a further one is there, or a renewed one, and not parked. */
  hasAnother(orgId: string, tried: number): boolean {
    const keys = this.#of(orgId);
    if (keys.length + keys.filter(({ renewed }) => renewed).length <= tried) return false;
    const nowMs = this.#clock.now();
    return keys.some(({ parkedUntilMs }) => parkedUntilMs <= nowMs);
  }

  /** Learns from the head of an answer: a refused or limited key is parked. @param renewed what was refused is fetched anew */
  heard(key: KeyState, status: number, headers: IncomingHttpHeaders, renewed = false): void {
    const entry = key as Entry;
    const nowMs = this.#clock.now();
    if (tellsLimits(headers, this.#limitHeaders)) entry.told = { headers, atMs: nowMs };
    entry.renewed = renewed;
    if (renewed) entry.parkedUntilMs = 0;
    else if (status === 401) entry.parkedUntilMs = nowMs + REFUSED_MS;
    else if (status === 429) {
      entry.parkedUntilMs = nowMs + (retryAfterMs(status, headers, nowMs) ?? LIMITED_MS);
    } else if (usedUp(headers, this.#limitHeaders)) {
      entry.parkedUntilMs = exhaustedUntilMs(this.limitsOf(entry), nowMs);
    } else entry.parkedUntilMs = 0;
  }

  /** As the provider last told them to this node. */
  limitsOf(key: KeyState): RateLimits | undefined {
    const { told } = key as Entry;
    return told && this.#limitHeaders && readRateLimits(told.headers, this.#limitHeaders, told.atMs);
  }

  /** The gateway's own keys, or an organisation's. */
  states(orgId?: string): readonly KeyState[] {
    return orgId === undefined ? this.#gateway : (this.#byOrg.get(orgId) ?? []);
  }

  /** How many keys there are, brought ones included, and how many of them are parked now. */
  count(): { readonly keys: number; readonly parked: number } {
    const nowMs = this.#clock.now();
    const all = [...this.#gateway, ...[...this.#byOrg.values()].flat()];
    return { keys: all.length, parked: all.filter(({ parkedUntilMs }) => parkedUntilMs > nowMs).length };
  }

  #of(orgId: string): readonly Entry[] {
    return this.#byOrg.get(orgId) ?? this.#gateway;
  }
}

function entry(key: ProviderKey): Entry {
  const { id, name, secret, weight } = key;
  return { id, name, secret, weight, parkedUntilMs: 0, renewed: false, told: undefined, owed: 0 };
}

function continued(key: ProviderKey, before: Entry | undefined): Entry {
  const fresh = entry(key);
  if (before?.secret !== key.secret) return fresh;
  return { ...fresh, parkedUntilMs: before.parkedUntilMs, told: before.told, owed: before.owed };
}

function soonest(keys: readonly Entry[]): Entry | undefined {
  let chosen = keys[0];
  for (const key of keys) if (chosen && key.parkedUntilMs < chosen.parkedUntilMs) chosen = key;
  return chosen;
}

/** The keys that the setting `api_key` names: one, several, or none. */
export function configuredKeys(
  provider: string,
  setting: string | readonly { name: string; key: string; weight: number }[] | undefined,
): ProviderKey[] {
  if (setting === undefined) return [];
  const keys = typeof setting === 'string' ? [{ name: 'default', key: setting, weight: 1 }] : setting;
  return keys.map(({ name, key, weight }) => ({ id: `${provider}/${name}`, name, secret: key, weight }));
}
