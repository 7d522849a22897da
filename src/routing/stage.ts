import { Fault } from '../core/fault.ts';
import type { Arrival, HasCall, Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { PriceTable } from '../metering/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import {
  type Catalogue,
  frugal,
  type HasKept,
  type HasPlan,
  type Kept,
  type Manner,
  type Target,
} from '../providers/index.ts';
import { arrange } from './arrange.ts';
import { expectedCost } from './expected-cost.ts';
import type { Group, Groups } from './groups.ts';
import { needsOf } from './needs.ts';
import type { TargetStates } from './target-states.ts';

export interface RouteDeps {
  readonly catalogue: Catalogue;
  readonly groups: Groups;
  readonly states: TargetStates;
  readonly prices: PriceTable;
  /** In [0, 1). */
  readonly random: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type Exchange = Arrival & HasPrincipal & HasCall & HasVerdict & HasKept;

/**
 * Plans which targets are asked, in which order: only those that key, organisation and policy allow, and of a request
 * that continues a stored response only those of the provider that keeps it.
 */
export function route(deps: RouteDeps): Stage<HasPrincipal & HasCall & HasVerdict & HasKept, HasPlan> {
  return {
    name: 'route',
    enter: (x) => {
      const { model } = x.call.described;
      if (model === '') throw noModel();
      const group = deps.groups.of(model);
      const allowed = allowedTargets(deps.catalogue, x, model);
      const targets = allowed.length === 1 ? allowed : arranged(deps, x, group, allowed);
      x.plan = {
        targets: targets as [Target, ...Target[]],
        manner: targets.length === 1 ? group.manner : mannerFor(deps, x, group),
        mirror: group.mirror === undefined ? undefined : mirrorOf(deps, x, group.mirror, model),
      };
    },
  };
}

/** @throws Fault that says which rule leaves none */
function allowedTargets(catalogue: Catalogue, x: Exchange, model: string): Target[] {
  const { principal, verdict, kept } = x;
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
  if (targets.length === 0) throw refusal ?? catalogue.unknown(model, principal);
  return targets;
}

function arranged(
  { states, prices, random, now }: RouteDeps,
  x: Exchange,
  group: Group,
  targets: readonly Target[],
): Target[] {
  const { body, described } = x.call;
  const needs = needsOf(body, described, x.bytes.length);
  return arrange(targets, {
    group,
    needs,
    stickyKey: group.sticky ? stickyKey(x) : undefined,
    stateOf: (target) => states.of(target),
    random,
    regions: group.regions.length > 0 ? group.regions : (x.principal.org.dataResidency ?? []),
    costOf: (target) => expectedCost(prices.priceOf(target.provider, target.model, now()), needs),
  });
}

/** The conversation, else the person; the organisation is part of it, so that names of two tenants are not one. */
function stickyKey({ headers, call, principal }: Exchange): string | undefined {
  const named = headers['x-sluice-session'] ?? headers['x-sluice-user'] ?? call.described.user;
  return typeof named === 'string' && named !== '' ? `${principal.orgId}\n${named}` : undefined;
}

/** What a provider keeps must not be made twice. */
function mannerFor({ states }: RouteDeps, x: Exchange, { manner }: Group): Manner {
  if (manner.hedgeAfterMs === undefined) return manner;
  if (leavesSomething(x)) return frugal(manner);
  states.earnHedge();
  return manner;
}

function mirrorOf(
  { catalogue, random }: RouteDeps,
  x: Exchange,
  { target, share }: NonNullable<Group['mirror']>,
  model: string,
): Target | undefined {
  if (random() >= share || leavesSomething(x)) return undefined;
  const refused =
    catalogue.refusal(target, model, x.endpoint.operation, x.principal) ?? x.verdict.permits(target);
  return refused === undefined ? target : undefined;
}

/** The provider keeps the answer, or what it continues is kept by one provider. */
function leavesSomething({ endpoint, call, kept }: Exchange): boolean {
  if (kept !== undefined) return true;
  return endpoint.operation === 'responses' ? call.body.store !== false : call.body.store === true;
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
