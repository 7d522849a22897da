export type { HasPlan, Plan, Target } from './plan.ts';
