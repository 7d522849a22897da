import type { Clock } from '../core/clock.ts';
import { type Redis, type RedisScript, RedisUnavailable, redisScript } from '../storage/redis.ts';
import type { Counter, Taken } from './counter.ts';
import type { Limit } from './limit.ts';

export interface RedisCounterOptions {
  readonly redis: Pick<Redis, 'run' | 'key'>;
  /** A slot that nobody gave back is free again after this: longer than the longest request. */
  readonly slotTtlMs: number;
  readonly clock: Clock;
  /** After so long nobody waits for a command any more, so it must not count either. */
  readonly timeoutMs: number;
  /** Epoch milliseconds; only for tests. Otherwise the clock of Redis, which all nodes share. */
  readonly now?: () => number;
}

/**
 * Checks every limit before it takes from any. KEYS: one per limit. ARGV: now ('' = the clock of Redis), tokens,
 * slot, slot's life in ms, deadline ('' = none), then kind and limit for each key. Answers {refused by, retry after,
 * then remaining and reset for each key, now}, or nothing where the deadline has passed. A bucket is a string holding the time at which it is full again; slots are a sorted set
 * scored by when they lapse.
 */
const TAKE = redisScript(`
local now = tonumber(ARGV[1])
if not now then local t = redis.call('TIME'); now = t[1] * 1000 + t[2] / 1000 end
local deadline = tonumber(ARGV[5])
if deadline and now > deadline then return false end
local tokens, slot, ttl = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local refused, retry, state, tolerance = -1, 0, {}, 0.01
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[4 + 2 * i], tonumber(ARGV[5 + 2 * i])
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
  local kind, limit = ARGV[4 + 2 * i], tonumber(ARGV[5 + 2 * i])
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
answer[#answer + 1] = math.floor(now)
return answer
`);

/** Frees the slot and pours tokens; same arguments as TAKE. */
const GIVE = redisScript(`
local now = tonumber(ARGV[1])
if not now then local t = redis.call('TIME'); now = t[1] * 1000 + t[2] / 1000 end
for i, key in ipairs(KEYS) do
  local kind, limit = ARGV[4 + 2 * i], tonumber(ARGV[5 + 2 * i])
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

/** Calls that are to be repeated; beyond this many their slots lapse by themselves. */
const MOST_OWED = 10_000;

/**
 * Counts in Redis, for all nodes together. The organisation is the hash tag, so that one request's keys lie on
 * one shard of a cluster. Rejects when Redis does: `withFallback` decides what then.
 *
 * A command without an answer may be carried out all the same: a frozen Redis wakes up and does what piled up
 * (litellm#30460). So a take has a deadline, by the clock of Redis, after which it does nothing; the slot of one that
 * was done while its answer got lost is freed with the next answer, as is whatever could not be given back meanwhile.
 */
export function redisCounter(options: RedisCounterOptions): Counter {
  const { redis, clock, timeoutMs } = options;
  let owed: Call[] = [];
  const ahead = new Ahead();

  const run = async (script: RedisScript, [orgId, limits, tokens, slot]: Call, deadlineMs: number | '') => {
    const args = [options.now?.() ?? '', tokens, slot, options.slotTtlMs, deadlineMs];
    for (const limit of limits) args.push(limit.kind, limit.limit);
    const answer = await redis.run(
      script,
      limits.map((limit) => redis.key(orgId, `limit:${limit.key}`)),
      args,
    );
    if (owed.length > 0) pay();
    return answer;
  };

  const owe = (call: Call): void => {
    if (owed.length < MOST_OWED) owed.push(call);
  };
  const pay = (): void => {
    const calls = owed;
    owed = [];
    for (const call of calls) counter.give(...call);
  };

  const counter: Counter = {
    async take(...call) {
      const sentMs = clock.elapsed();
      const deadlineMs = options.now === undefined ? ahead.deadline(sentMs, timeoutMs) : '';
      try {
        const answer = await run(TAKE, call, deadlineMs);
        if (answer === null) throw new RedisUnavailable('Redis answered too late', { sent: false });
        const { taken, nowMs } = takenFrom(answer, call[1].length, counter);
        ahead.learn(nowMs, sentMs, clock.elapsed());
        return taken;
      } catch (error) {
        if (wasSent(error)) owe(withoutTokens(call));
        throw error;
      }
    },
    give(...call) {
      // what was sent is carried out sooner or later; freeing a slot twice does no harm, pouring tokens twice does
      run(GIVE, call, '').catch((error: unknown) => owe(wasSent(error) ? withoutTokens(call) : call));
    },
  };
  return counter;
}

type Call = readonly [orgId: string, limits: readonly Limit[], tokens: number, slot: string];

function withoutTokens([orgId, limits, , slot]: Call): Call {
  return [orgId, limits, 0, slot];
}

function wasSent(error: unknown): boolean {
  return !(error instanceof RedisUnavailable) || error.sent;
}

/** How far the clock of Redis is ahead of this process's, learned from its answers. */
class Ahead {
  #ms: number | undefined;

  learn(redisMs: number, sentMs: number, receivedMs: number): void {
    const sample = redisMs - (sentMs + receivedMs) / 2;
    this.#ms = this.#ms === undefined ? sample : this.#ms + (sample - this.#ms) / SMOOTHING;
  }

  /** In Redis's time; '' before the first answer. */
  deadline(sentMs: number, timeoutMs: number): number | '' {
    return this.#ms === undefined ? '' : sentMs + this.#ms + timeoutMs;
  }
}

const SMOOTHING = 8;

function takenFrom(answer: unknown, limits: number, counter: Counter): { taken: Taken; nowMs: number } {
  if (!Array.isArray(answer) || answer.length !== 3 + 2 * limits || !answer.every(Number.isInteger)) {
    throw new TypeError('the limit script answered something unreadable');
  }
  const [refusedBy, retryAfterMs, ...states] = answer as [number, number, ...number[]];
  const nowMs = states.pop() ?? 0;
  const remaining = states.filter((_, index) => index % 2 === 0);
  const resetMs = states.filter((_, index) => index % 2 === 1);
  return { taken: { refusedBy, retryAfterMs, remaining, resetMs, counter }, nowMs };
}
