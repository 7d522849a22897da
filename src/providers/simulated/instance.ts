/** A small value that fits a JSON Schema, as far as its keywords are known here (`pattern` is not). */
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

const MAX_DEPTH = 16;

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  time: '12:00:00Z',
  'date-time': '2026-01-01T12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
};

export function instanceOf(schema: Json): Json {
  return instance(schema, schema, 0);
}

function instance(schema: Json, root: Json, depth: number): Json {
  if (!isJsonObject(schema) || depth > MAX_DEPTH)
    return isJsonObject(schema) ? null : { answer: 'simulated' };
  if (typeof schema.$ref === 'string') return instance(resolve(schema.$ref, root), root, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum[0] !== undefined) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options) && options[0] !== undefined) return instance(options[0], root, depth + 1);
  if (Array.isArray(schema.allOf)) return instance(merged(schema, schema.allOf, root), root, depth + 1);
  return ofType(schema, root, depth);
}

function ofType(schema: JsonObject, root: Json, depth: number): Json {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return number(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: count(schema.minItems, 1) }, () =>
        instance(schema.items ?? {}, root, depth + 1),
      );
    default:
      return object(schema, root, depth);
  }
}

function object(schema: JsonObject, root: Json, depth: number): Json {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const value: JsonObject = {};
  for (const [name, property] of Object.entries(properties)) {
    // What recurs may be optional: below some depth only what must be there is.
    if (depth < MAX_DEPTH / 4 || required.has(name)) value[name] = instance(property, root, depth + 1);
  }
  return value;
}

function text(schema: JsonObject): string {
  const formatted = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  const value = formatted ?? 'simulated';
  const longEnough = value.padEnd(count(schema.minLength, 0), '.');
  return longEnough.slice(0, count(schema.maxLength, longEnough.length));
}

function number(schema: JsonObject): number {
  const step = typeof schema.multipleOf === 'number' ? schema.multipleOf : 1;
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  if (typeof minimum === 'number') return Math.ceil(minimum / step) * step;
  if (typeof exclusiveMinimum === 'number') return (Math.floor(exclusiveMinimum / step) + 1) * step;
  if (typeof maximum === 'number') return Math.min(step, Math.floor(maximum / step) * step);
  if (typeof exclusiveMaximum === 'number') {
    return Math.min(step, (Math.ceil(exclusiveMaximum / step) - 1) * step);
  }
  return step;
}

function count(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' && value >= 0 ? Math.min(value, 10_000) : fallback;
}

/** `#/$defs/step`, inside the same document. */
function resolve(reference: string, root: Json): Json {
  let found: Json | undefined = root;
  for (const key of reference.replace(/^#\/?/, '').split('/')) {
    if (key === '') continue;
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isJsonObject(found) ? found[name] : undefined;
  }
  return found ?? {};
}

function merged(schema: JsonObject, parts: readonly Json[], root: Json): JsonObject {
  const { allOf: _, ...own } = schema;
  const all: JsonObject = { ...own };
  for (const part of parts) {
    const resolved = isJsonObject(part) && typeof part.$ref === 'string' ? resolve(part.$ref, root) : part;
    if (!isJsonObject(resolved)) continue;
    const properties = { ...objectOf(all.properties), ...objectOf(resolved.properties) };
    const required = [...listOf(all.required), ...listOf(resolved.required)];
    Object.assign(all, resolved, { properties, required });
  }
  return all;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
