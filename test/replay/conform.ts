/** Whether what leaves the gateway is what the client's SDK expects. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { schemasOf } from './declarations.ts';

/** Dialects that clients speak. */
export const CLIENTS = ['chat', 'responses', 'messages', 'gemini'] as const;
export type ClientDialect = (typeof CLIENTS)[number];

export interface Conformance {
  /** Why this is no whole answer, no event, no error body; undefined where it is one. */
  whole(dialect: ClientDialect, body: JsonObject): string | undefined;
  event(dialect: ClientDialect, event: JsonObject): string | undefined;
  error(dialect: ClientDialect, body: JsonObject): string | undefined;
  /** By the name of a schema of OpenAI's. */
  openAi(schema: string, body: JsonObject): string | undefined;
  /** The same of answers that a provider wrote in the client's own dialect, which may be older than the schema. */
  readonly own: Pick<Conformance, 'whole' | 'event'>;
}

/** @param folder with `openai.schema.json` and `response-events.json`; where it is absent, OpenAI's dialects pass */
export function conformance(folder: string): Conformance {
  const openAi = openAiSchemas(folder);
  const anthropic = anthropicSchemas((schemas) => schemas);
  const older = anthropicSchemas(tolerant);
  const errors = anthropicError();
  const forms = (messages: (name: string) => ValidateFunction): Pick<Conformance, 'whole' | 'event'> => ({
    whole(dialect, body) {
      if (dialect === 'chat') return check(openAi?.get('CreateChatCompletionResponse'), body);
      if (dialect === 'responses') return check(openAi?.get('Response'), body);
      return dialect === 'messages' ? check(messages('Message'), body) : undefined;
    },
    event(dialect, event) {
      if (dialect === 'chat') return check(openAi?.get('CreateChatCompletionStreamResponse'), event);
      if (dialect === 'responses') {
        const name = openAi?.events.get(String(event.type));
        if (openAi !== undefined && name === undefined) return `unknown event ${event.type}`;
        return check(name === undefined ? undefined : openAi?.get(name), event);
      }
      return dialect === 'messages' ? check(messages('RawMessageStreamEvent'), event) : undefined;
    },
  });
  return {
    ...forms(anthropic),
    own: forms(older),
    openAi: (schema, body) => check(openAi?.get(schema), body),
    error(dialect, body) {
      if (dialect === 'messages') return check(errors, body);
      return dialect === 'gemini' ? undefined : check(openAi?.get('ErrorResponse'), body);
    },
  };
}

function check(validate: ValidateFunction | undefined, value: JsonObject): string | undefined {
  if (validate === undefined || validate(value) === true) return undefined;
  const [first] = validate.errors ?? [];
  return `${first?.instancePath} ${first?.message} ${JSON.stringify(first?.params)}`;
}

interface OpenAiSchemas {
  get(name: string): ValidateFunction;
  readonly events: ReadonlyMap<string, string>;
}

function openAiSchemas(folder: string): OpenAiSchemas | undefined {
  const path = join(folder, 'openai.schema.json');
  if (!existsSync(path)) return undefined;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(JSON.parse(readFileSync(path, 'utf8')));
  const compiled = new Map<string, ValidateFunction>();
  const types: Record<string, string> = JSON.parse(
    readFileSync(join(folder, 'response-events.json'), 'utf8'),
  );
  return {
    events: new Map(Object.entries(types)),
    get(name) {
      let found = compiled.get(name);
      if (found === undefined) {
        found = ajv.compile({ $ref: `oa#/components/schemas/${name}` });
        compiled.set(name, found);
      }
      return found;
    },
  };
}

/** Anthropic publishes no schema; its SDK's declarations are one. */
const DECLARATIONS = join(
  import.meta.dirname,
  '../../node_modules/@anthropic-ai/sdk/resources/messages/messages.d.ts',
);

function anthropicSchemas(adapt: (schemas: JsonObject) => JsonObject): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const $defs = schemasOf(readFileSync(DECLARATIONS, 'utf8'));
  // The SDK's types leave out what it reads before them.
  const members = ($defs.Message as JsonObject).properties as JsonObject;
  members.parsed_output ??= {};
  const adapted = adapt($defs);
  const compiled = new Map<string, ValidateFunction>();
  return (name) => {
    let found = compiled.get(name);
    if (found === undefined) {
      found = ajv.compile({ $ref: `#/$defs/${name}`, $defs: adapted });
      compiled.set(name, found);
    }
    return found;
  };
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
function tolerant(defs: JsonObject): JsonObject {
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

function anthropicError(): ValidateFunction {
  return new Ajv2020().compile({
    type: 'object',
    required: ['type', 'error'],
    properties: {
      type: { const: 'error' },
      error: {
        type: 'object',
        required: ['type', 'message'],
        properties: { type: { type: 'string' }, message: { type: 'string' } },
      },
    },
  });
}
