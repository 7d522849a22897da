export { MemoryAnswers } from './memory.ts';
export { type AnswerStore, redisAnswers } from './store.ts';
