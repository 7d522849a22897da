export { MemoryAnswers } from './memory.ts';
export {
  CACHE_SCOPES,
  type CacheRuling,
  type CacheScope,
  type SemanticRuling,
  strictest,
} from './ruling.ts';
export { sealedAnswers } from './sealed.ts';
export { type Embed, Semantic } from './semantic.ts';
export { type AnswerStore, redisAnswers } from './store.ts';
export { Vectors } from './vectors.ts';
