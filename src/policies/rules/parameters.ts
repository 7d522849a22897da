import { z } from 'zod';
import type { Json, JsonObject } from '../../core/json.ts';
import { type PolicedCall, patterns, type Refusal, rule } from '../rule.ts';

const range = z
  .strictObject({
    min: z.number().exactOptional(),
    max: z.number().exactOptional(),
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min is above max');

export const parameters = rule({
  id: 'parameters',
  schema: z
    .strictObject({
      max_output_tokens: z
        .int()
        .positive()
        .describe('Cap on the output tokens of one answer. A caller who sets none gets this one.')
        .exactOptional(),
      above_cap: z
        .enum(['lower', 'refuse'])
        .default('lower')
        .describe('What becomes of a caller who asks for more: lowered to the cap, or refused.'),
      temperature: range.describe('The range that temperature must lie in.').exactOptional(),
      forbid: patterns.describe('Fields of the body that callers may not send.').exactOptional(),
      require: patterns.describe('Fields of the body that callers must send.').exactOptional(),
    })
    .describe('What callers may ask for in the body.'),
  compile: ({ max_output_tokens: cap, above_cap: aboveCap, temperature, forbid = [], require = [] }) => {
    const checkCall = (call: PolicedCall): Refusal | undefined => {
      const asked = call.described.outputCapTokens;
      if (cap !== undefined && aboveCap === 'refuse' && asked !== undefined && asked > cap) {
        return { message: `${asked} output tokens were asked for; ask for at most ${cap}` };
      }
      if (call.body === undefined) return undefined;
      return (
        checkTemperature(call.described.temperature ?? call.body.temperature, temperature) ??
        checkFields(call.body, forbid, require)
      );
    };
    return cap === undefined ? { checkCall } : { checkCall, outputCapTokens: cap };
  },
});

function checkTemperature(
  asked: Json | undefined,
  allowed: { min?: number; max?: number } | undefined,
): Refusal | undefined {
  if (allowed === undefined || typeof asked !== 'number') return undefined;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = allowed;
  if (asked >= min && asked <= max) return undefined;
  const bounds = [
    allowed.min === undefined ? '' : `at least ${allowed.min}`,
    allowed.max === undefined ? '' : `at most ${allowed.max}`,
  ];
  return {
    message: `temperature must be ${bounds.filter((bound) => bound !== '').join(' and ')}`,
    param: 'temperature',
  };
}

function checkFields(
  body: JsonObject,
  forbidden: readonly string[],
  required: readonly string[],
): Refusal | undefined {
  for (const field of forbidden) {
    if (Object.hasOwn(body, field))
      return { message: `the field "${field}" may not be sent; leave it out`, param: field };
  }
  for (const field of required) {
    if (!Object.hasOwn(body, field)) return { message: `the field "${field}" must be sent`, param: field };
  }
  return undefined;
}
