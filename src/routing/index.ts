export { Groups } from './groups.ts';
export { TargetStates, targetStates } from './target-states.ts';
