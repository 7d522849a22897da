export type { HasVerdict, Verdict } from './verdict.ts';
