export type { Admission, HasAdmission } from './admission.ts';
export type { Counter, Taken } from './counter.ts';
export { withFallback } from './fallback.ts';
export { memoryCounter } from './memory.ts';
export { type RedisCounterOptions, redisCounter } from './redis.ts';
export { type LimitRule, limitRules } from './rule.ts';
export { type LimitSettings, limitSettings } from './settings.ts';
