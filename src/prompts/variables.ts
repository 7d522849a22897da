/** The declaration of a prompt's variables: JSON Schema, the part of it that is safe to take from a tenant. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { z } from 'zod';
import { Fault } from '../core/fault.ts';
import type { JsonObject } from '../core/json.ts';

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;

const size = z.int().nonnegative().exactOptional();

/**
 * No `pattern` and no `format` (regular expressions that a tenant could make slow for all others), no `$ref`,
 * no combinators.
 */
const declaration: z.ZodType<{ [keyword: string]: unknown }> = z.lazy(() =>
  z.strictObject({
    type: z.enum(TYPES).exactOptional(),
    title: z.string().exactOptional(),
    description: z.string().exactOptional(),
    default: z.json().exactOptional(),
    enum: z.array(z.json()).min(1).max(200).exactOptional(),
    const: z.json().exactOptional(),
    minimum: z.number().exactOptional(),
    maximum: z.number().exactOptional(),
    minLength: size,
    maxLength: size,
    minItems: size,
    maxItems: size,
    items: declaration.exactOptional(),
    properties: z.record(z.string(), declaration).exactOptional(),
    required: z.array(z.string()).exactOptional(),
    additionalProperties: z.boolean().exactOptional(),
  }),
);

export const variablesSchema = z.strictObject({
  type: z.literal('object').default('object'),
  description: z.string().exactOptional(),
  properties: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), declaration),
  required: z.array(z.string()).exactOptional(),
});
export type VariablesSchema = z.output<typeof variablesSchema>;

/** Checks variables and adds defaults. @throws Fault `prompt_invalid` naming the variable */
export type CheckVariables = (variables: JsonObject, param: string) => JsonObject;

/** Variables that were not declared are refused: a misspelt one must not go missing in silence. */
export function compileVariables(schema: VariablesSchema): CheckVariables {
  const ajv = new Ajv({ strict: true, strictTypes: false, useDefaults: true, allowUnionTypes: true });
  const validate = ajv.compile({ ...schema, additionalProperties: false });
  return (variables, param) => {
    const checked = { ...variables };
    if (!validate(checked)) throw explain(validate, schema, param);
    return checked;
  };
}

/** Where nothing is declared, the variables that the texts use are all required, and there are no others. */
export function inferVariables(names: ReadonlySet<string>): VariablesSchema {
  const properties = Object.fromEntries([...names].map((name) => [name, {}]));
  return { type: 'object', properties, required: [...names] };
}

function explain(validate: ValidateFunction, schema: VariablesSchema, param: string): Fault {
  const error = (validate.errors as ErrorObject[])[0] as ErrorObject;
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const path = error.instancePath.split('/').slice(1);
  const name = [...path, missingProperty ?? additionalProperty ?? []].flat().join('.');
  const at = { param: `${param}.${name}` };
  if (missingProperty !== undefined) {
    return new Fault('prompt_invalid', `The prompt needs the variable "${name}"; send it in ${param}.`, at);
  }
  if (additionalProperty !== undefined) {
    const known = Object.keys(schema.properties).join(', ');
    const text = `The prompt has no variable "${name}"${known === '' ? '' : `; it has: ${known}`}.`;
    return new Fault('prompt_invalid', text, at);
  }
  // ajv's messages state the rule ("must be string"), never the value
  return new Fault('prompt_invalid', `The variable "${name}" ${error.message ?? 'is not valid'}.`, at);
}
