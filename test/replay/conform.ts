/** Whether what leaves the gateway is what the client's SDK expects. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../src/core/json.ts';
import { schemasOf } from './declarations.ts';

/** Dialects that clients speak. */
export const CLIENTS = ['chat', 'responses', 'messages', 'gemini'] as const;
export type ClientDialect = (typeof CLIENTS)[number];

export interface Conformance {
  /** Why this is no whole answer, no event, no error body; undefined where it is one. */
  whole(dialect: ClientDialect, body: JsonObject): string | undefined;
  event(dialect: ClientDialect, event: JsonObject): string | undefined;
  error(dialect: ClientDialect, body: JsonObject): string | undefined;
  embeddings(body: JsonObject): string | undefined;
}

/** @param folder with `openai.schema.json` and `response-events.json`; where it is absent, OpenAI's dialects pass */
export function conformance(folder: string): Conformance {
  const openAi = openAiSchemas(folder);
  const anthropic = anthropicSchemas();
  const errors = anthropicError();
  const check = (validate: ValidateFunction | undefined, value: JsonObject): string | undefined => {
    if (validate === undefined || validate(value) === true) return undefined;
    const [first] = validate.errors ?? [];
    return `${first?.instancePath} ${first?.message} ${JSON.stringify(first?.params)}`;
  };
  return {
    whole(dialect, body) {
      if (dialect === 'chat') return check(openAi?.get('CreateChatCompletionResponse'), body);
      if (dialect === 'responses') return check(openAi?.get('Response'), body);
      if (dialect === 'messages') return check(anthropic('Message'), body);
      return undefined;
    },
    event(dialect, event) {
      if (dialect === 'chat') return check(openAi?.get('CreateChatCompletionStreamResponse'), event);
      if (dialect === 'responses') {
        const name = openAi?.events.get(String(event.type));
        if (openAi !== undefined && name === undefined) return `unknown event ${event.type}`;
        return check(name === undefined ? undefined : openAi?.get(name), event);
      }
      return dialect === 'messages' ? check(anthropic('RawMessageStreamEvent'), event) : undefined;
    },
    embeddings: (body) => check(openAi?.get('CreateEmbeddingResponse'), body),
    error(dialect, body) {
      if (dialect === 'messages') return check(errors, body);
      return dialect === 'gemini' ? undefined : check(openAi?.get('ErrorResponse'), body);
    },
  };
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

function anthropicSchemas(): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const $defs = schemasOf(readFileSync(DECLARATIONS, 'utf8'));
  // The SDK's types leave out what it reads before them.
  const members = ($defs.Message as JsonObject).properties as JsonObject;
  members.parsed_output ??= {};
  const compiled = new Map<string, ValidateFunction>();
  return (name) => {
    let found = compiled.get(name);
    if (found === undefined) {
      found = ajv.compile({ $ref: `#/$defs/${name}`, $defs });
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
