import type { Log } from '../storage/log.ts';
import { type Redis, RedisUnavailable } from '../storage/redis.ts';

/** Where answers are kept; `memory.ts` and Redis pass one contract suite. A store that is away has nothing. */
export interface AnswerStore {
  get(orgId: string, key: string): string | undefined | Promise<string | undefined>;
  set(orgId: string, key: string, value: string, ttlMs: number): void | Promise<void>;
}

export function redisAnswers(redis: Redis, log: Log): AnswerStore {
  const orNothing = <T>(error: unknown, nothing: T): T => {
    if (!(error instanceof RedisUnavailable))
      log.error({ error: String(error) }, 'cache: Redis refused a command');
    return nothing;
  };
  return {
    async get(orgId, key) {
      try {
        return (await redis.get(redis.key(orgId, `cache:${key}`)))?.toString('utf8');
      } catch (error) {
        return orNothing(error, undefined);
      }
    },
    async set(orgId, key, value, ttlMs) {
      try {
        await redis.set(redis.key(orgId, `cache:${key}`), value, ttlMs);
      } catch (error) {
        orNothing(error, undefined);
      }
    },
  };
}
