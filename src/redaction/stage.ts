import type { HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import { Placeholders } from './placeholders.ts';
import type { HasRedaction, RedactionPlan } from './plan.ts';
import { Redaction } from './redaction.ts';
import { prepare } from './ruling.ts';

export interface RedactDeps {
  /** Keys the placeholders; nodes that share it give a value the same one. At least 32 bytes. */
  readonly pseudonymKey: Uint8Array;
}

/** The part of a verdict that this stage needs; policies import this house, so it is named by shape. */
interface HasRedactionPlan {
  verdict: { readonly redaction: RedactionPlan | undefined };
}

/** Takes what policy says must not leave out of the request, and out of the answer on its way back. */
export function redact(deps: RedactDeps): Stage<HasPrincipal & HasCall & HasRedactionPlan, HasRedaction> {
  return {
    name: 'redact',
    enter(x) {
      const plan = x.verdict.redaction;
      x.redaction = undefined;
      if (plan === undefined) return;
      const { dialect } = x.endpoint;
      const placeholders = new Placeholders(deps.pseudonymKey, [x.principal.orgId, session(x.headers)]);
      const redaction = new Redaction(prepare(plan), placeholders, dialect);
      x.redaction = redaction;
      if (!redaction.request(x.call.body)) return;
      x.call.changed = true;
      x.call.described = dialect.describe(x.call.body);
    },
    events: (x) => x.redaction?.transform(),
  };
}

/** The conversation, where the client names it: its placeholders then say nothing about other conversations. */
function session(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const named = headers['x-sluice-session'];
  return typeof named === 'string' ? named : '';
}
