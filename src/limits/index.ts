export type { HasAdmission, HasCallAdmission } from './admission.ts';
export type { Counter } from './counter.ts';
export { type FallbackStats, type Health, withFallback } from './fallback.ts';
export { memoryCounter } from './memory.ts';
export { portioned } from './portion.ts';
export { redisCounter } from './redis.ts';
export { type CountAnswer, type CountBatch, CounterHost, remoteCounter } from './remote.ts';
export { type LimitRule, limitRules } from './rule.ts';
