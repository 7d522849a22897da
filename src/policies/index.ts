export { checkPolicies } from './cases.ts';
export { policyJsonSchema } from './file.ts';
export { loadPolicies, openPolicies, type Policies } from './loader.ts';
export { declaredEntities } from './policy-set.ts';
export type { HasVerdict, Verdict } from './verdict.ts';
