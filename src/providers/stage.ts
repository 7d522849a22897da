import { CALL_UPSTREAM, type HasCall, type Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPlan } from './plan.ts';
import { settleAttempt, Walk, type WalkDeps } from './walk.ts';

export { callKeeper } from './stage-keeper.ts';
export { route } from './stage-route.ts';

/** Asks the targets of the plan one after the other, until the first byte of an answer is there. */
export function callUpstream(deps: WalkDeps): Stage<HasPrincipal & HasCall & HasPlan & HasVerdict> {
  return {
    name: CALL_UPSTREAM,
    enter: (x) => new Walk(deps, x).run(),
    settle: settleAttempt,
  };
}
