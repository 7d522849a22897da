import type { Clock } from '../core/clock.ts';
import { asFault, Fault } from '../core/fault.ts';
import { headerText } from '../core/header-text.ts';
import { type Arrival, CALL_UPSTREAM, type HasCall, type Stage } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasVerdict } from '../policies/index.ts';
import { newAttempt, traceHeaders } from './call.ts';
import type { Catalogue } from './catalogue.ts';
import type { Deadlines } from './deadlines.ts';
import { Flight } from './flight.ts';
import { answerHeaders } from './headers.ts';
import { judge } from './judge.ts';
import type { Kept, Target } from './plan.ts';
import type { Provider, UpstreamRequest } from './provider.ts';
import { menderOf } from './walk.ts';

export interface KeeperDeps {
  readonly catalogue: Catalogue;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}

type Needs = HasPrincipal & HasCall & HasVerdict & { readonly kept: Kept };

const NO_BYTES = new Uint8Array(0);

/**
 * Asks the provider that keeps it for a stored response, or to delete it: once, since nobody else could answer and
 * clients repeat such calls themselves. No model runs and no token is billed, so there is no attempt to meter.
 */
export function callKeeper(deps: KeeperDeps): Stage<Needs> {
  return {
    name: CALL_UPSTREAM,
    enter: (x) => ask(deps, x),
    settle: (x, ending) => {
      const flight = x.answer?.source;
      if (!(flight instanceof Flight)) return;
      if (ending.kind === 'done') flight.linger();
      else flight.cancel(ending.fault);
    },
  };
}

async function ask(deps: KeeperDeps, x: Arrival & Needs): Promise<void> {
  const { clock, deadlines } = deps;
  const { target, provider } = keeperOf(deps, x);
  x.answerHeaders['x-sluice-provider'] = target.provider;
  x.answerHeaders['x-sluice-model'] = headerText(target.model);
  const attempt = newAttempt(target, 'first', clock);
  const request = requestOf(x, target, traceHeaders(x, attempt));
  const flight = new Flight(attempt, provider, request, deadlines, clock);
  const leave = (): void => flight.cancel(asFault(x.signal.reason));
  x.signal.addEventListener('abort', leave, { once: true });
  try {
    const head = await flight.launch(provider, request);
    const failure = judge(provider, flight, head, x.endpoint.dialect, false, clock.now());
    if (failure !== undefined) throw failure.fault;
    const headers = answerHeaders(head.headers, false);
    const deletes = x.endpoint.stored?.method === 'DELETE';
    const mender = deletes ? undefined : menderOf(x, target.model, provider.words);
    x.answer = { status: head.status, headers, stream: false, usageInjected: false, mender, source: flight };
  } catch (thrown) {
    const fault = asFault(thrown);
    flight.cancel(fault);
    throw fault;
  } finally {
    x.signal.removeEventListener('abort', leave);
  }
}

/** @throws Fault where key, organisation or policy keep the caller from this provider or model, or it is gone */
function keeperOf(
  { catalogue, providers }: KeeperDeps,
  { principal, verdict, endpoint, kept }: Arrival & Needs,
): { target: Target; provider: Provider } {
  const provider = providers.get(kept.provider);
  if (!provider?.operations.has(endpoint.operation)) {
    throw new Fault(
      'not_found',
      `The response is kept by the provider ${kept.provider}, which this gateway no longer has.`,
      { param: 'response_id' },
    );
  }
  const target = { provider: provider.name, model: kept.model, region: provider.region };
  const fault =
    catalogue.refusal(target, kept.requestedModel, endpoint.operation, principal) ?? verdict.permits(target);
  if (fault !== undefined) throw fault;
  return { target, provider };
}

function requestOf(
  { endpoint, headers, principal }: Arrival & HasPrincipal,
  { model }: Target,
  ownHeaders: Readonly<Record<string, string>>,
): UpstreamRequest {
  return {
    operation: endpoint.operation,
    orgId: principal.orgId,
    model,
    stream: false,
    body: {},
    bytes: () => NO_BYTES,
    clientHeaders: headers,
    ownHeaders,
    stored: endpoint.stored,
  };
}
