export type { AdminEntry } from '../audit/index.ts';
export { ADMIN_PREFIX, type AdminDeps, adminApi } from './api.ts';
export type { AdminCall, AdminResult, AdminRoute } from './route.ts';
