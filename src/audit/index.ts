export { type AdminEntry, lossRecord, recordAdmin } from './events.ts';
export type { AdminRecord, DrawLine, GatewayRecord, JournalRecord, RequestRecord } from './record.ts';
export { salvage } from './salvage.ts';
export { auditSink, contentSink } from './store.ts';
