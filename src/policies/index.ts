export { checkPolicies } from './cases.ts';
export { policyJsonSchema } from './file.ts';
export { openPolicies, type Policies } from './loader.ts';
export type { HasVerdict, Verdict } from './verdict.ts';
