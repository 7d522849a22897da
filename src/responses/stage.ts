import { Fault } from '../core/fault.ts';
import { Call, type HasCall, type Stage, type StoredCall } from '../gateway/stage.ts';
import type { HasPrincipal } from '../identity/index.ts';
import type { HasPrompt } from '../prompts/index.ts';
import type { HasKept, Kept } from '../providers/index.ts';
import type { Owners } from './owners.ts';
import { previousResponseId } from './reference.ts';
import { keptResponseId } from './response.ts';

/** Recalls the response that a request continues, and remembers the one that answers it. */
export function recall(owners: Owners): Stage<HasPrincipal & HasCall, HasKept> {
  return {
    name: 'recall',
    enter(x) {
      x.kept = undefined;
      if (x.endpoint.operation !== 'responses') return;
      const id = previousResponseId(x.call.body);
      if (id === undefined) return;
      const found = owners.find(x.principal.orgId, id);
      const use = (kept: Kept | undefined): void => {
        if (kept === undefined) throw noSuchResponse(id, 'previous_response_id');
        x.kept = kept;
      };
      return found instanceof Promise ? found.then(use) : use(found);
    },
    settle(x) {
      const id = keptResponseId(x);
      const attempt = x.attempts.at(-1);
      if (id === undefined || attempt === undefined || !x.principal || !x.call) return;
      const { provider, model } = attempt;
      owners.remember(x.principal.orgId, { id, provider, model, requestedModel: x.call.described.model });
    },
  };
}

/**
 * Finds the stored response that `GET` and `DELETE /v1/responses/{id}` name. In place of a body there is what was
 * asked for when it was made, so that the same rules judge it; once deleted, it is forgotten.
 */
export function lookUp(owners: Owners): Stage<HasPrincipal, HasCall & HasPrompt & { readonly kept: Kept }> {
  return {
    name: 'look-up',
    enter(x) {
      const stored = storedCall(x.endpoint.stored);
      refuseStream(stored);
      const found = owners.find(x.principal.orgId, stored.id);
      const use = (kept: Kept | undefined): void => {
        if (kept === undefined) throw noSuchResponse(stored.id, 'response_id');
        x.kept = kept;
        x.prompt = undefined;
        x.call = new Call({}, described(kept.requestedModel));
      };
      return found instanceof Promise ? found.then(use) : use(found);
    },
    settle(x, ending) {
      if (ending.kind !== 'done' || !x.principal || !x.kept || x.endpoint.stored?.method !== 'DELETE') return;
      owners.forget(x.principal.orgId, x.kept.id);
    },
  };
}

function described(model: string): HasCall['call']['described'] {
  return { model, stream: false, outputCapTokens: undefined, choices: 1, tools: [], user: undefined };
}

function storedCall(stored: StoredCall | undefined): StoredCall {
  if (stored === undefined) throw new Error('the endpoint names no stored response');
  return stored;
}

function refuseStream({ query }: StoredCall): void {
  const streams = new URLSearchParams(query).getAll('stream').some((value) => value !== 'false');
  if (!streams) return;
  throw new Fault(
    'invalid_request',
    "A stored response is given back whole; leave 'stream' out of the query.",
    { param: 'stream' },
  );
}

/** One text for ids that nobody has and those of other organisations. */
function noSuchResponse(id: string, param: string): Fault {
  return new Fault(
    'not_found',
    `There is no response ${JSON.stringify(id.slice(0, 200))} for this caller. It was not stored (store: false), was deleted, or is not of this organisation.`,
    { param },
  );
}
