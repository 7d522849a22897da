import { Fault } from '../core/fault.ts';
import type { HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal, Principal } from '../identity/index.ts';
import type { Analyser } from './analyser.ts';
import type { PseudonymKeys } from './keys.ts';
import type { HasRedaction, RedactionPlan } from './plan.ts';
import { keptText, Redaction } from './redaction.ts';
import { prepare } from './ruling.ts';

export interface RedactDeps {
  /** Of pseudonyms and hashes; nodes that share the master key give a value the same ones. */
  readonly keys: PseudonymKeys;
  /** undefined: nobody else is asked. */
  readonly analyser: Analyser | undefined;
}

/** The part of a verdict that this stage needs; policies import this house, so it is named by shape. */
interface HasRedactionPlan {
  verdict: { readonly redaction: RedactionPlan | undefined };
}

/** Takes what policy says must not leave out of the request, and out of the answer on its way back. */
export function redact({
  keys,
  analyser,
}: RedactDeps): Stage<HasPrincipal & HasCall & HasRedactionPlan, HasRedaction> {
  return {
    name: 'redact',
    enter(x) {
      const plan = x.verdict.redaction;
      if (plan === undefined) {
        x.redaction = undefined;
        return;
      }
      const { dialect } = x.endpoint;
      const redaction = new Redaction(
        prepare(plan),
        dialect,
        keys.of(x.principal.orgId),
        session(x.headers),
        analyser && { analyser, signal: x.signal },
      );
      x.redaction = redaction;
      if (x.call.described.stream && redaction.wantsWhole) throw streamRefused();
      const use = (changed: boolean): void => {
        if (changed) x.call.change(dialect.describe(x.call.body));
      };
      const changed = redaction.request(x.call.body);
      return changed instanceof Promise ? changed.then(use) : use(changed);
    },
    events: (x) => x.redaction?.transform(),
  };
}

/**
 * For requests that ended before they were judged: what of a text beside the body may be recorded.
 *
 * @param planFor what policies may ask for in any request of the caller
 */
export function keepUnjudged(
  keys: PseudonymKeys,
  planFor: (principal: Principal) => RedactionPlan | undefined,
): (principal: Principal, text: string) => string {
  return (principal, text) => {
    const plan = planFor(principal);
    return plan === undefined ? text : keptText(prepare(plan), keys.of(principal.orgId), text);
  };
}

function streamRefused(): Fault {
  return new Fault(
    'unprocessable',
    'The policy of the organisation has answers checked by an external analyser, which must see them whole. Send "stream": false.',
    { param: 'stream' },
  );
}

/** The conversation, where the client names it. */
function session(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const named = headers['x-sluice-session'];
  return typeof named === 'string' ? named : '';
}
