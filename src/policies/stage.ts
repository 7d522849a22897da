import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Call, HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasPrompt } from '../prompts/index.ts';
import type { PolicySet } from './policy-set.ts';
import type { HasVerdict } from './verdict.ts';

export interface PolicyDeps {
  /** The set in force; a request is judged by one set from begin to end. */
  readonly policies: () => PolicySet;
  readonly clock: Clock;
  /** Reads `x-sluice-tags`; the key's own tags are put over them here. */
  readonly tagsOf: (headers: IncomingHttpHeaders) => Readonly<Record<string, string>>;
}

/** Asks every policy that concerns the caller, and lowers the cap on output tokens where one says so. */
export function applyPolicy({
  policies,
  clock,
  tagsOf,
}: PolicyDeps): Stage<HasPrincipal & HasCall & HasPrompt, HasVerdict> {
  return {
    name: 'apply-policy',
    enter: (x) => {
      const { verdict, outputCapTokens } = policies().judge(x.principal, {
        operation: x.endpoint.operation,
        described: x.call.described,
        body: x.endpoint.stored === undefined ? x.call.body : undefined,
        tags: { ...tagsOf(x.headers), ...x.principal.tags },
        nowMs: clock.now(),
      });
      if (outputCapTokens !== undefined) lowerCap(x.call, outputCapTokens, x.endpoint.dialect);
      x.verdict = verdict;
    },
  };
}

function lowerCap(
  call: Call,
  tokens: number,
  dialect: { setOutputCap(body: Call['body'], tokens: number): void },
): void {
  dialect.setOutputCap(call.body, tokens);
  call.described = { ...call.described, outputCapTokens: tokens };
  call.changed = true;
}
