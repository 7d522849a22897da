import { type Redis, type RedisScript, redisScript } from '../storage/redis.ts';
import type { Counter, Taken } from './counter.ts';
import type { Limit } from './limit.ts';

export interface RedisCounterOptions {
  readonly redis: Pick<Redis, 'run' | 'key'>;
  /** A slot that nobody gave back is free again after this: longer than the longest request. */
  readonly slotTtlMs: number;
  /** Epoch milliseconds; only for tests. Otherwise the clock of Redis, which all nodes share. */
  readonly now?: () => number;
}

/**
 * Checks every limit before it takes from any. KEYS: one per limit. ARGV: now ('' = the clock of Redis), tokens,
 * slot, slot's life in ms, then kind and limit for each key. Answers {refused by, retry after, then remaining and
 * reset for each key}. A bucket is a string holding the time at which it is full again; slots are a sorted set
 * scored by when they lapse.
 */
const TAKE = redisScript(`
local now = tonumber(ARGV[1])
if not now then local t = redis.call('TIME'); now = t[1] * 1000 + t[2] / 1000 end
local tokens, slot, ttl = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local refused, retry, state, tolerance = -1, 0, {}, 0.01
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[3 + 2 * i], tonumber(ARGV[4 + 2 * i])
  if kind == 'concurrent' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    state[i] = redis.call('ZCARD', key)
    if refused < 0 and state[i] >= limit then refused = i - 1 end
  else
    local full = math.max(now, tonumber(redis.call('GET', key) or '0'))
    state[i] = full
    local used = full - now
    local passes = (kind == 'tokens' and used < 60000 - tolerance)
      or (kind == 'requests' and used <= 60000 - 60000 / limit + tolerance)
    if refused < 0 and not passes then
      refused = i - 1
      retry = math.max(1, math.ceil(full - now - 60000 + 60000 / limit))
    end
  end
end
local answer = {refused, retry}
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[3 + 2 * i], tonumber(ARGV[4 + 2 * i])
  if kind == 'concurrent' then
    if refused < 0 then
      redis.call('ZADD', key, now + ttl, slot)
      redis.call('PEXPIRE', key, ttl)
      state[i] = state[i] + 1
    end
    answer[2 * i + 1] = math.max(0, limit - state[i])
    answer[2 * i + 2] = 0
  else
    if refused < 0 then
      local amount = 1
      if kind == 'tokens' then amount = tokens end
      state[i] = state[i] + amount * 60000 / limit
      redis.call('SET', key, string.format('%.4f', state[i]), 'PX', math.ceil(state[i] - now) + 1)
    end
    answer[2 * i + 1] = math.max(0, math.floor((60000 + tolerance - state[i] + now) * limit / 60000))
    answer[2 * i + 2] = math.ceil(state[i] - now)
  end
end
return answer
`);

/** Frees the slot and pours tokens; same arguments as TAKE. */
const GIVE = redisScript(`
local now = tonumber(ARGV[1])
if not now then local t = redis.call('TIME'); now = t[1] * 1000 + t[2] / 1000 end
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[3 + 2 * i], tonumber(ARGV[4 + 2 * i])
  if kind == 'concurrent' then
    redis.call('ZREM', key, ARGV[3])
  elseif kind == 'tokens' then
    local full = math.max(now, tonumber(redis.call('GET', key) or '0')) + tonumber(ARGV[2]) * 60000 / limit
    if full <= now then redis.call('DEL', key)
    else redis.call('SET', key, string.format('%.4f', full), 'PX', math.ceil(full - now) + 1) end
  end
end
return 1
`);

/** Requests whose command got no answer; beyond this many their slots lapse by themselves. */
const MOST_DOUBTFUL = 10_000;

/**
 * Counts in Redis, for all nodes together. The organisation is the hash tag, so that one request's keys lie on
 * one shard of a cluster. Rejects when Redis does: `withFallback` decides what then. A command without an answer
 * may have been carried out all the same (a frozen Redis wakes up and does it), so its slot is freed with the
 * next answer: a leak would refuse traffic long after Redis is well again.
 */
export function redisCounter(options: RedisCounterOptions): Counter {
  const { redis } = options;
  let doubtful: CounterArgs[] = [];

  const send = async (script: RedisScript, call: CounterArgs): Promise<unknown> => {
    const [orgId, limits, tokens, slot] = call;
    const args: (string | number)[] = [options.now?.() ?? '', tokens, slot, options.slotTtlMs];
    for (const limit of limits) args.push(limit.kind, limit.limit);
    const keys = limits.map((limit) => redis.key(orgId, `limit:${limit.key}`));
    try {
      const answer = await redis.run(script, keys, args);
      if (doubtful.length > 0) freeDoubtful();
      return answer;
    } catch (error) {
      if (doubtful.length < MOST_DOUBTFUL) doubtful.push([orgId, limits, 0, slot]);
      throw error;
    }
  };

  const freeDoubtful = (): void => {
    const calls = doubtful;
    doubtful = [];
    for (const call of calls) counter.give(...call);
  };

  const counter: Counter = {
    async take(...call) {
      return takenFrom(await send(TAKE, call), call[1].length, counter);
    },
    give(...call) {
      // `send` keeps what got no answer, and frees it with the next one
      send(GIVE, call).catch(() => undefined);
    },
  };
  return counter;
}

type CounterArgs = [orgId: string, limits: readonly Limit[], tokens: number, slot: string];

function takenFrom(answer: unknown, limits: number, counter: Counter): Taken {
  if (!Array.isArray(answer) || answer.length !== 2 + 2 * limits || !answer.every(Number.isInteger)) {
    throw new TypeError('the limit script answered something unreadable');
  }
  const [refusedBy = -1, retryAfterMs = 0, ...states] = answer as number[];
  return {
    refusedBy,
    retryAfterMs,
    remaining: states.filter((_, index) => index % 2 === 0),
    resetMs: states.filter((_, index) => index % 2 === 1),
    counter,
  };
}
