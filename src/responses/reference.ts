/** How the body of `POST /v1/responses` refers to what a provider keeps. */
import { Fault } from '../core/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/**
 * The response that the request continues; undefined where it stands for itself.
 *
 * @throws Fault `invalid_request` for every other reference: every organisation uses the same account of the provider,
 *   so what cannot be shown to be the caller's own is not passed on
 */
export function previousResponseId(body: JsonObject): string | undefined {
  const { previous_response_id: previous, conversation, background } = body;
  if (isSet(conversation)) {
    throw refused(
      'conversation',
      "Conversations are not kept here; leave 'conversation' out and send previous_response_id, or the earlier items in input.",
    );
  }
  if (background === true) {
    throw refused(
      'background',
      "Answers in the background are not served: their usage would reach no budget. Leave 'background' out.",
    );
  }
  refuseItemReferences(body.input);
  if (!isSet(previous)) return undefined;
  if (typeof previous !== 'string') {
    throw refused('previous_response_id', "'previous_response_id' must be a string.");
  }
  return previous;
}

function refuseItemReferences(input: Json | undefined): void {
  if (!Array.isArray(input)) return;
  for (let index = 0; index < input.length; index++) {
    const item = input[index];
    if (!isJsonObject(item) || !isItemReference(item)) continue;
    throw refused(
      `input[${index}]`,
      `input[${index}] refers to an item that the provider keeps. Send the item itself, or previous_response_id.`,
    );
  }
}

/** Its type may be left out; so may that of a message, which has a role. */
function isItemReference({ type, role, id }: JsonObject): boolean {
  return type === 'item_reference' || (!isSet(type) && !isSet(role) && isSet(id));
}

function isSet(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

function refused(param: string, message: string): Fault {
  return new Fault('invalid_request', message, { param });
}
