export { checkPolicies, type PolicyReport } from './cases.ts';
export { policyJsonSchema } from './file.ts';
export { openPolicies, type Policies, type PolicyState } from './loader.ts';
export type { PolicyLimit, PolicySet } from './policy-set.ts';
export type { HasVerdict, Verdict } from './verdict.ts';
