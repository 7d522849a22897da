export { ADMIN_PREFIX, type AdminDeps, adminApi } from './api.ts';
export type { AdminEntry } from './entry.ts';
export type { AdminCall, AdminResult, AdminRoute } from './route.ts';
