import { type Arrival, CALL_UPSTREAM, type HasCall, type Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPlan } from './plan.ts';
import { settleAttempt, Walk, type WalkDeps } from './walk.ts';

export { callKeeper } from './stage-keeper.ts';

type Needs = HasPrincipal & HasCall & HasPlan & HasVerdict;

export interface UpstreamDeps extends WalkDeps {
  /** Sends what is asked to the plan's mirror as well; must neither throw nor be waited for. */
  readonly mirror: (x: Arrival & Needs) => void;
}

/** Asks the targets of the plan one after the other, until the first byte of an answer is there. */
export function callUpstream(deps: UpstreamDeps): Stage<Needs> {
  return {
    name: CALL_UPSTREAM,
    enter: (x) => {
      if (x.plan.mirror !== undefined) deps.mirror(x);
      return new Walk(deps, x).run();
    },
    settle: (x, ending) => settleAttempt(deps.standings, x, ending),
  };
}
