import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** The schema with every object closed (`additionalProperties: false`), as Anthropic's output format wants it. */
export function closedSchema(schema: JsonObject): JsonObject {
  return closed(schema) as JsonObject;
}

/** Members that hold schemas by names of the application's. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
/** Members that hold values, not schemas. */
const VALUES: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples']);

function closed(value: Json): Json {
  if (Array.isArray(value)) return value.map(closed);
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (BY_NAME.has(key) && isJsonObject(member)) copy[key] = each(member);
    else copy[key] = VALUES.has(key) ? member : closed(member);
  }
  if (copy.type === 'object' && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

function each(schemas: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, closed(schema)]));
}
