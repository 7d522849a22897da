import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Google's own schema language (OpenAPI 3.0, types in capitals, `nullable`) as JSON Schema. */
export function jsonSchema(schema: JsonObject): JsonObject {
  const converted: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'nullable' || key === 'propertyOrdering' || key === 'property_ordering') continue;
    converted[key] = convertedMember(key, value);
  }
  if (schema.nullable === true && typeof converted.type === 'string') {
    converted.type = [converted.type, 'null'];
  }
  return converted;
}

const COUNTS: ReadonlySet<string> = new Set(
  'minItems maxItems minLength maxLength minProperties maxProperties'.split(' '),
);

function convertedMember(key: string, value: Json): Json {
  if (key === 'type' && typeof value === 'string') return value.toLowerCase();
  // int64 travels as text in Google's JSON.
  if (COUNTS.has(key) && typeof value === 'string') return Number(value);
  if (key === 'properties' && isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, isJsonObject(inner) ? jsonSchema(inner) : inner]),
    );
  }
  if (key === 'items' && isJsonObject(value)) return jsonSchema(value);
  if ((key === 'anyOf' || key === 'oneOf') && Array.isArray(value)) {
    return value.map((inner) => (isJsonObject(inner) ? jsonSchema(inner) : inner));
  }
  return value;
}
