import { createHash } from 'node:crypto';
import { type Redis as Client, type Cluster, ReplyError } from 'ioredis';
import type { Log } from './log.ts';
import { type RedisClient, redisClient } from './redis-client.ts';
import type { RedisSettings } from './settings.ts';

/** Redis did not answer, or is being left alone after it did not: go on without it. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
  /** Whether Redis may have carried the command out all the same, or will when it wakes up. */
  readonly sent: boolean;

  constructor(message: string, { sent, cause }: { readonly sent: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.sent = sent;
  }
}

/** A Lua script; made once, at load. */
export interface RedisScript {
  readonly lua: string;
  /** SHA-1 of the text, hex: how EVALSHA names it. */
  readonly sha: string;
}

/**
 * The little of Redis that the houses need. Every command either answers within the command time-out or
 * rejects with RedisUnavailable; while the state is `degraded` it rejects at once, so that a frozen Redis costs
 * the requests of one time-out and not every request (litellm PR#35273). An error that Redis itself answers is
 * a bug of the caller and is thrown on.
 */
export interface Redis {
  readonly state: 'up' | 'degraded';
  /** `<prefix>:{<orgId>}:<name>`: all keys of an organisation lie in one slot of a Redis Cluster. */
  key(orgId: string, name: string): string;
  run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown>;
  get(key: string): Promise<Buffer | null>;
  set(key: string, value: string | Buffer, ttlMs: number): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function redisScript(lua: string): RedisScript {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

const BACKOFF_DOUBLINGS = 5;

/** Connects in the background and comes back by itself; never throws for a Redis that is away. */
export function openRedis(settings: RedisSettings & { readonly url: string }, log: Log): Redis {
  const client = redisClient(settings);
  const { commands } = client;
  const circuit = new Circuit(client, settings, log);
  // the circuit sees what becomes of it, and ioredis goes on trying
  commands.connect().catch(() => undefined);

  return {
    get state() {
      return circuit.closed ? 'up' : 'degraded';
    },
    key: (orgId, name) => `${settings.key_prefix}:{${orgId}}:${name}`,
    run: (script, keys, args) => circuit.through(() => evaluate(commands, script, keys, args)),
    get: (key) => circuit.through(() => commands.getBuffer(key)),
    async set(key, value, ttlMs) {
      await circuit.through(() => commands.set(key, value, 'PX', Math.ceil(ttlMs)));
    },
    async delete(keys) {
      if (keys.length > 0) await circuit.through(() => commands.unlink(...keys));
    },
    async close() {
      circuit.end();
      commands.disconnect();
    },
  };
}

async function evaluate(
  client: Client | Cluster,
  { lua, sha }: RedisScript,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!answered(error)?.startsWith('NOSCRIPT')) throw error;
    return client.eval(lua, keys.length, ...keys, ...args);
  }
}

/** Open while Redis is away or has just failed; only a ping in the background closes it. */
class Circuit {
  readonly #client: RedisClient;
  readonly #settings: RedisSettings;
  readonly #log: Log;
  #failures = 0;
  #probe: NodeJS.Timeout | undefined;
  #ended = false;
  closed = false;

  constructor(client: RedisClient, settings: RedisSettings, log: Log) {
    this.#client = client;
    this.#settings = settings;
    this.#log = log;
    let lastError = '';
    client.commands.on('error', (error: Error) => {
      lastError = error.message;
    });
    client.commands.on('ready', () => this.#ping());
    client.commands.on('close', () => this.#open(lastError));
  }

  async through<T>(command: () => Promise<T>): Promise<T> {
    if (!this.closed) throw new RedisUnavailable('Redis is away', { sent: false });
    try {
      return await within(command(), this.#settings.command_timeout_ms);
    } catch (error) {
      const answer = answered(error);
      if (answer !== undefined && !PASSING.test(answer)) throw error;
      this.#trip((error as Error).message);
      throw new RedisUnavailable('Redis did not answer', { sent: true, cause: error });
    }
  }

  #open(why: string): void {
    if (this.closed) this.#log.warn({ error: why }, 'Redis is away; each node goes on by itself');
    this.closed = false;
  }

  #trip(why: string): void {
    this.#open(why);
    if (this.#ended || this.#probe !== undefined) return;
    const delayMs = this.#settings.backoff_ms * 2 ** Math.min(this.#failures, BACKOFF_DOUBLINGS);
    this.#failures++;
    this.#probe = setTimeout(() => this.#ping(), delayMs);
  }

  #ping(): void {
    clearTimeout(this.#probe);
    this.#probe = undefined;
    if (this.#ended || this.#client.commands.status !== 'ready') return;
    within(this.#client.ping(), this.#settings.command_timeout_ms).then(
      () => {
        if (this.#probe !== undefined || this.closed) return;
        this.closed = true;
        this.#failures = 0;
        this.#log.info({}, 'Redis is in use');
      },
      (error: Error) => this.#trip(error.message),
    );
  }

  end(): void {
    this.#ended = true;
    this.closed = false;
    clearTimeout(this.#probe);
  }
}

/**
 * Rejects where the answer takes longer. It looks once more at what has arrived before it says so: after the event
 * loop was busy for long, timers come first, and a Redis that did answer would pay for that.
 */
function within<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('Command timed out'));
    const timer = setTimeout(() => setImmediate(late), timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** What Redis itself answered instead of a result; undefined where it did not answer. */
function answered(error: unknown): string | undefined {
  return error instanceof ReplyError ? (error as Error).message : undefined;
}

/**
 * Answers of a Redis that is starting, failing over, full or stuck, or that is a cluster and was not asked as one: not
 * the command's fault.
 */
const PASSING = /^(MOVED|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|BUSY) /;
