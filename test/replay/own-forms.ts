/** Schemas for answers that a provider wrote in the client's own dialect: what is documented to leave as it came fits. */
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';

/**
 * What else leaves where a vendor answers in the client's own dialect: items of types that only it has, and custom tools
 * in chunks, which OpenAI streams without describing them. A call that begins says its type, or the SDK refuses it.
 */
export function withVendors(document: JsonObject): JsonObject {
  const components = isJsonObject(document.components) ? document.components : {};
  const schemas = isJsonObject(components.schemas) ? components.schemas : {};
  const { OutputItem: item, ChatCompletionMessageToolCallChunk: chunk } = schemas;
  if (isJsonObject(item) && Array.isArray(item.anyOf)) {
    const known = JSON.stringify(item.anyOf).matchAll(/schemas\/(\w+)/g);
    const types = [...known].flatMap(([, name = '']) => typesIn(schemas[name], schemas));
    item.anyOf.push({
      type: 'object',
      required: ['type'],
      properties: { type: { type: 'string', not: { enum: types } } },
    });
  }
  if (isJsonObject(chunk) && isJsonObject(chunk.properties)) {
    chunk.properties.type = { enum: ['function', 'custom'] };
    chunk.dependentRequired = { id: ['type'] };
  }
  return document;
}

/** The words that `type` may be. */
function typesIn(schema: Json | undefined, schemas: JsonObject): Json[] {
  if (!isJsonObject(schema)) return [];
  if (typeof schema.$ref === 'string') return typesIn(schemas[schema.$ref.split('/').at(-1) ?? ''], schemas);
  const { properties, allOf } = schema;
  const type = isJsonObject(properties) && isJsonObject(properties.type) ? properties.type.enum : undefined;
  const parts = Array.isArray(allOf) ? allOf.flatMap((part) => typesIn(part, schemas)) : [];
  return [...(Array.isArray(type) ? type : []), ...parts];
}

/** Members that came to the API later and are never null. */
const LATE = ['caller', 'web_fetch_requests'];
/** Members of which the types say too little or too much: words for the end may be new, but are not chat's. */
const LOOSE: Readonly<JsonObject> = {
  input: { type: 'object' },
  stop_reason: {
    type: ['string', 'null'],
    minLength: 1,
    not: { enum: ['stop', 'length', 'tool_calls', 'function_call', 'content_filter'] },
  },
};
/** Members that were there from the beginning, and may be null. */
const EARLY = ['stop_reason', 'stop_sequence'];

/**
 * The same types for answers of Anthropic's own that are older or newer than them: what may be null may be missing,
 * further members and types of blocks are those of another version.
 */
export function tolerant(defs: JsonObject): JsonObject {
  const adapted: JsonObject = {};
  for (const [name, schema] of Object.entries(defs))
    adapted[name] = isJsonObject(schema) ? open(schema, defs) : schema;
  return adapted;
}

function open(schema: JsonObject, defs: JsonObject): JsonObject {
  const { properties, required, anyOf, items } = schema;
  if (isJsonObject(items)) return { ...schema, items: open(items, defs) };
  if (Array.isArray(anyOf)) {
    const options = anyOf.filter(isJsonObject);
    const types = options.map((option) => typeOf(option, defs));
    const others = { type: 'object', required: ['type'], properties: { type: { not: { enum: types } } } };
    const opened: JsonObject[] = options.map((option) => open(option, defs));
    return { anyOf: types.includes('') ? opened : [...opened, others] };
  }
  if (!isJsonObject(properties) || !Array.isArray(required)) return schema;
  const members = Object.entries(properties).map(([name, member]): [string, Json] => {
    const said = LOOSE[name];
    if (said !== undefined) return [name, said];
    return [name, isJsonObject(member) ? open(member, defs) : member];
  });
  const needed = required
    .map(String)
    .filter((name) => EARLY.includes(name) || !(LATE.includes(name) || mayBeNull(properties[name])));
  return { type: 'object', properties: Object.fromEntries(members), required: needed };
}

function mayBeNull(schema: Json | undefined): boolean {
  return isJsonObject(schema) && JSON.stringify(schema.anyOf ?? []).includes('{"type":"null"}');
}

/** The word that tells this option of a union from others; '' where there is none. */
function typeOf({ $ref }: JsonObject, defs: JsonObject): string {
  const named = typeof $ref === 'string' ? defs[$ref.slice('#/$defs/'.length)] : undefined;
  const properties = isJsonObject(named) && isJsonObject(named.properties) ? named.properties : {};
  return isJsonObject(properties.type) ? String(properties.type.const ?? '') : '';
}
