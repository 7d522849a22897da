export { type AdminEntry, lossRecord, recordAdmin } from './events.ts';
export type { RequestRecord } from './record.ts';
export { salvage } from './salvage.ts';
export { auditSink, contentSink } from './store.ts';
