/**
 * The street: every inference request walks it from top to bottom, and what it opened is settled from bottom
 * to top. The order is data, with a reason per line; a stage that needs what no stage before it gives is a
 * compile error here. How the walk is done stands in `walk.ts`, how the answer flows back in `deliver.ts`.
 */
import type { HasHold } from '../budgets/index.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasAdmission, HasCallAdmission } from '../limits/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { HasPrompt } from '../prompts/index.ts';
import type { HasKept, HasPlan, Kept } from '../providers/index.ts';
import type { HasRedaction } from '../redaction/index.ts';
import { ordered } from './order.ts';
import type { HasCall, Stage } from './stage.ts';

export function pipeline(stages: Stages) {
  return ordered(
    // first in, so it settles last and sees everything, refusals too
    stages.record,
    // everything after depends on who is asking
    stages.authenticate,
    // cheap refusals before any work: requests per minute, tokens per minute, concurrency
    stages.admit,
    // nothing of a stranger's body is read; then it is parsed once, and its dialect says what is in it
    stages.read,
    // before policy, because the version decides model, parameters and tools that policy judges
    stages.resolvePrompt,
    // on the whole request as it would go out; says what is allowed and what must be done
    stages.applyPolicy,
    // after policy (which says what to redact), before anything keeps or sends the text
    stages.redact,
    // on the redacted request, so that no key and no entry holds what must not be kept
    stages.consultCache,
    // whose response the request continues, and who keeps it: nobody else can
    stages.recall,
    // an ordered plan of targets, each of them cleared by policy
    stages.route,
    // what the call may use of limits on tokens, and the limits of its model, once it is known to exist and to be asked
    stages.admitCall,
    // the worst case of the plan is reserved before any of it can be spent
    stages.holdBudget,
    // walks the plan until the first byte is there, never after
    stages.callUpstream,
  );
}

/** Listing models: the same door, the same admission, no body and no provider. */
export function listing(stages: Stages, list: Stage<HasPrincipal>) {
  return ordered(stages.record, stages.authenticate, stages.admit, list);
}

/** Reading back or deleting what a provider keeps: no body and no model, but the same rules for who may see what. */
export function keeping(stages: Stages) {
  return ordered(
    stages.record,
    stages.authenticate,
    stages.admit,
    // whose it is, before anything else is said of it
    stages.lookUp,
    stages.applyPolicy,
    // what is read back is an answer like any other
    stages.redact,
    stages.callKeeper,
  );
}

/** The stages that the houses build; `app/compose.ts` makes them. */
export interface Stages {
  readonly record: Stage;
  readonly authenticate: Stage<unknown, HasPrincipal>;
  readonly admit: Stage<HasPrincipal, HasAdmission>;
  readonly read: Stage<unknown, HasCall>;
  readonly resolvePrompt: Stage<HasPrincipal & HasCall, HasPrompt>;
  readonly applyPolicy: Stage<HasPrincipal & HasCall & HasPrompt, HasVerdict>;
  readonly redact: Stage<HasPrincipal & HasCall & HasVerdict, HasRedaction>;
  readonly consultCache: Stage<HasPrincipal & HasCall & HasVerdict & HasRedaction>;
  readonly recall: Stage<HasPrincipal & HasCall, HasKept>;
  readonly route: Stage<HasPrincipal & HasCall & HasVerdict & HasKept, HasPlan>;
  readonly admitCall: Stage<HasPrincipal & HasCall, HasCallAdmission>;
  readonly holdBudget: Stage<HasPrincipal & HasCall & HasPrompt & HasVerdict & HasPlan, HasHold>;
  readonly callUpstream: Stage<HasPrincipal & HasCall & HasVerdict & HasPlan>;
  readonly lookUp: Stage<HasPrincipal, HasCall & HasPrompt & { readonly kept: Kept }>;
  readonly callKeeper: Stage<HasPrincipal & HasCall & HasVerdict & { readonly kept: Kept }>;
}
