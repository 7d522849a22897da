/** Whether what leaves the gateway is what the client's SDK expects. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../src/core/json.ts';
import { schemasOf } from './declarations.ts';
import { tolerant, withVendors } from './own-forms.ts';

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
  const openAi = openAiSchemas(folder, (schemas) => schemas);
  const vendors = openAiSchemas(folder, withVendors);
  const anthropic = anthropicSchemas((schemas) => schemas);
  const older = anthropicSchemas(tolerant);
  const errors = anthropicError();
  const forms = (
    schemas: OpenAiSchemas | undefined,
    messages: (name: string) => ValidateFunction,
  ): Pick<Conformance, 'whole' | 'event'> => ({
    whole(dialect, body) {
      if (dialect === 'chat') return check(schemas?.get('CreateChatCompletionResponse'), body);
      if (dialect === 'responses') return check(schemas?.get('Response'), body);
      return dialect === 'messages' ? check(messages('Message'), body) : undefined;
    },
    event(dialect, event) {
      if (dialect === 'chat') return check(schemas?.get('CreateChatCompletionStreamResponse'), event);
      if (dialect === 'responses') {
        const name = schemas?.events.get(String(event.type));
        if (schemas === openAi && openAi !== undefined && name === undefined)
          return `unknown event ${event.type}`;
        return check(name === undefined ? undefined : schemas?.get(name), event);
      }
      return dialect === 'messages' ? check(messages('RawMessageStreamEvent'), event) : undefined;
    },
  });
  return {
    ...forms(openAi, anthropic),
    own: forms(vendors, older),
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

function openAiSchemas(
  folder: string,
  adapt: (schemas: JsonObject) => JsonObject,
): OpenAiSchemas | undefined {
  const path = join(folder, 'openai.schema.json');
  if (!existsSync(path)) return undefined;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(adapt(JSON.parse(readFileSync(path, 'utf8'))));
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
