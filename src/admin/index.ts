export type { AdminEntry } from '../audit/index.ts';
export { adminApi } from './api.ts';
export type { AdminRoute } from './route.ts';
