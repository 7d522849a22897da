import type { HasCall, Stage } from '../gateway/stage.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPlan } from './plan.ts';
import { settleAttempt, Walk, type WalkDeps } from './walk.ts';

export { callKeeper } from './stage-keeper.ts';

/** Asks the targets of the plan one after the other, until the first byte of an answer is there. */
export function callUpstream(deps: WalkDeps): Stage<HasCall & HasPlan & HasVerdict> {
  return {
    name: 'call-upstream',
    enter: (x) => new Walk(deps, x).run(),
    settle: (x, ending) => settleAttempt(deps.standings, x, ending),
  };
}
