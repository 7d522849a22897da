import type { Clock } from '../core/clock.ts';
import { requestTags } from '../core/tags.ts';
import { type HasCall, type Stage, setOutputCap } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasPrompt } from '../prompts/index.ts';
import type { PolicySet } from './policy-set.ts';
import type { HasVerdict } from './verdict.ts';

export interface PolicyDeps {
  /** The set in force; a request is judged by one set from begin to end. */
  readonly policies: () => PolicySet;
  readonly clock: Clock;
}

/** Asks every policy that concerns the caller, and lowers the cap on output tokens where one says so. */
export function applyPolicy({
  policies,
  clock,
}: PolicyDeps): Stage<HasPrincipal & HasCall & HasPrompt, HasVerdict> {
  return {
    name: 'apply-policy',
    enter: (x) => {
      const { verdict, outputCapTokens } = policies().judge(x.principal, {
        operation: x.endpoint.operation,
        described: x.call.described,
        body: x.endpoint.stored === undefined ? x.call.body : undefined,
        tags: requestTags(x.headers['x-sluice-tags'], x.principal.tags),
        nowMs: clock.now(),
      });
      if (outputCapTokens !== undefined) setOutputCap(x, outputCapTokens);
      x.verdict = verdict;
    },
  };
}
