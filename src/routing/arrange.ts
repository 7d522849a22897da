/** The order of a plan with several targets: who can serve the request, who is well, whose turn it is. */
import type { Target } from '../providers/index.ts';
import { type Needs, suffices } from './capabilities.ts';
import type { Group } from './groups.ts';
import { affinity } from './rendezvous.ts';
import type { Candidate, Question } from './strategy.ts';
import type { TargetState } from './target-state.ts';

export interface Arrangement extends Question {
  readonly group: Group;
  readonly needs: Needs;
  /** Requests with the same key stay together; undefined: this one belongs to none. */
  readonly stickyKey: string | undefined;
  readonly stateOf: (target: Target) => TargetState;
}

/**
 * Targets that are known to lack what the request needs are left out, unless all of them do: then the provider says
 * why. Those whose circuit is open, or that asked to be left alone, come last.
 */
export function arrange(targets: readonly Target[], arrangement: Arrangement): Target[] {
  const { group, needs } = arrangement;
  const able = targets.filter((target) => suffices(group.memberOf(target).capabilities, needs));
  const candidates = (able.length > 0 ? able : targets).map(
    (target): Candidate => ({
      target,
      weight: group.memberOf(target).weight,
      state: arrangement.stateOf(target),
    }),
  );
  group.strategy.arrange(candidates, arrangement);
  if (group.strategy.spreads && group.sticky && arrangement.stickyKey !== undefined) {
    keepTogether(candidates, arrangement.stickyKey);
  }
  const well = candidates.filter(({ state }) => state.ready());
  const others = well.length === candidates.length ? [] : candidates.filter((one) => !well.includes(one));
  return [...well, ...others].map(({ target }) => target);
}

/** The target that the key likes best comes first; where it is not well, the one after it in the key's own order. */
function keepTogether(candidates: Candidate[], key: string): void {
  let first: Candidate | undefined;
  let most = 0;
  for (const candidate of candidates) {
    if (!candidate.state.ready()) continue;
    const { target, weight } = candidate;
    const liking = affinity(key, `${target.provider}/${target.model}`, weight);
    if (liking <= most) continue;
    most = liking;
    first = candidate;
  }
  if (first === undefined) return;
  candidates.splice(candidates.indexOf(first), 1);
  candidates.unshift(first);
}
