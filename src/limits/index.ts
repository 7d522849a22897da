export type { HasAdmission } from './admission.ts';
export type { Counter } from './counter.ts';
export { withFallback } from './fallback.ts';
export { memoryCounter } from './memory.ts';
export { redisCounter } from './redis.ts';
export { type LimitRule, limitRules } from './rule.ts';
