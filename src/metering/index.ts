export { type MeteredRequest, type UsageLine, usageLine } from './record.ts';
export { usageSink } from './store.ts';
