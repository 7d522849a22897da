import { Fault } from '../core/fault.ts';
import type { HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import type { Catalogue } from './catalogue.ts';
import type { HasKept, HasPlan, Kept, Target } from './plan.ts';

/**
 * Plans which targets are asked, in which order: only those that key, organisation and policy allow, and of a request
 * that continues a stored response only those of the provider that keeps it.
 */
export function route(catalogue: Catalogue): Stage<HasPrincipal & HasCall & HasVerdict & HasKept, HasPlan> {
  return {
    name: 'route',
    enter: (x) => {
      const { principal, verdict, kept } = x;
      const { model } = x.call.described;
      if (model === '') throw noModel();
      const targets: Target[] = [];
      let refusal: Fault | undefined;
      for (const target of catalogue.targets(model, principal.org.defaultProvider)) {
        const fault =
          elsewhere(kept, target, model) ??
          catalogue.refusal(target, model, x.endpoint.operation, principal) ??
          verdict.permits(target);
        if (fault === undefined) targets.push(target);
        else refusal = weightier(refusal, fault);
      }
      const [first, ...others] = targets;
      if (first === undefined) throw refusal ?? catalogue.unknown(model, principal);
      x.plan = { targets: [first, ...others] };
    },
  };
}

function elsewhere(kept: Kept | undefined, { provider }: Target, model: string): Fault | undefined {
  if (kept === undefined || kept.provider === provider) return undefined;
  return new Fault(
    'model_not_found',
    `The previous response is kept by the provider ${kept.provider}, and ${JSON.stringify(model.slice(0, 100))} is not a model of it. Ask for one, such as ${JSON.stringify(`${kept.provider}/${kept.model}`)}, or send the earlier items in input.`,
    { param: 'model' },
  );
}

/** Of two refusals the one of a rule: "not served there" is beside the point where a policy forbids the rest. */
function weightier(before: Fault | undefined, next: Fault): Fault {
  return before === undefined || before.code === 'model_not_found' ? next : before;
}

function noModel(): Fault {
  return new Fault(
    'invalid_request',
    'The request names no model: send the field model, or a prompt that decides it.',
    { param: 'model' },
  );
}
