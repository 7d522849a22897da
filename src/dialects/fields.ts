import { Fault } from '../core/fault.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** Readers of the few fields that the gateway itself depends on. `null` counts as absent, as the SDKs send it. */

/** What a value is, in JSON's words, for messages that say what was sent instead. */
function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
}

export function wrongField(param: string, wanted: string, value: Json | undefined): Fault {
  const found = value === undefined ? 'it is missing' : `not ${kindOf(value)}`;
  return new Fault('invalid_request', `'${param}' must be ${wanted}; ${found}.`, { param });
}

/** True where the body names a stored prompt, which may supply the model and the messages. */
function refersToPrompt(body: JsonObject): boolean {
  const { model, prompt, prompt_id: promptId } = body;
  if (typeof model === 'string' && model.startsWith('@prompt/')) return true;
  return typeof promptId === 'string' || isJsonObject(prompt);
}

/** @returns '' only where the body names a stored prompt and leaves the model to it. */
export function readModel(body: JsonObject): string {
  const { model } = body;
  if (typeof model === 'string' && model !== '') return model;
  if ((model === undefined || model === null) && refersToPrompt(body)) return '';
  throw wrongField('model', 'a non-empty string', model === '' ? undefined : model);
}

export function readFlag(body: JsonObject, key: string): boolean {
  const value = body[key];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw wrongField(key, 'true or false', value);
  return value;
}

/** @throws Fault `invalid_request` unless the field is absent or a whole number of at least `minimum`. */
export function readWholeNumber(body: JsonObject, key: string, minimum: 0 | 1): number | undefined {
  const value = body[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum) return value;
  const wanted = minimum === 0 ? 'a whole number, zero or more' : 'a positive whole number';
  if (typeof value !== 'number') throw wrongField(key, wanted, value);
  throw new Fault('invalid_request', `'${key}' must be ${wanted}; ${value} was sent.`, { param: key });
}

/** The larger of the caps, where a body has several: what may be written is never more than that. */
export function readCaps(body: JsonObject, keys: readonly string[], minimum: 0 | 1 = 1): number | undefined {
  let cap: number | undefined;
  for (const key of keys) {
    const value = readWholeNumber(body, key, minimum);
    if (value !== undefined && (cap === undefined || value > cap)) cap = value;
  }
  return cap;
}

/** @throws Fault `invalid_request` unless the field is absent or an array of objects. */
export function readObjects(body: JsonObject, key: string): readonly JsonObject[] {
  const value = body[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongField(key, 'an array of objects', value);
  const objects: JsonObject[] = [];
  for (const [index, item] of value.entries()) {
    if (!isJsonObject(item)) throw wrongField(`${key}[${index}]`, 'an object', item);
    objects.push(item);
  }
  return objects;
}

/** @throws Fault `invalid_request` when there are no messages, unless a stored prompt supplies them. */
export function readMessages(body: JsonObject): readonly JsonObject[] {
  const { messages } = body;
  if ((messages === undefined || messages === null) && !refersToPrompt(body)) {
    throw wrongField('messages', 'an array of objects', undefined);
  }
  return readObjects(body, 'messages');
}

export function readText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function readObject(value: Json | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** The items of an array that are objects; none where it is no array. For answers, which are read leniently. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
