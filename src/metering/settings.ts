import { z } from 'zod';

const DECIMAL = /^\d{1,9}(\.\d{1,6})?$/;

const perMillion = (what: string) =>
  z
    .string()
    .regex(DECIMAL, 'write dollars per million tokens as a decimal in quotes, at most 6 decimals: "2.50"')
    .describe(`Dollars per million ${what}, as a decimal string.`);

const priceOverride = z.strictObject({
  provider: z
    .string()
    .default('*')
    .describe('Name of the provider in this configuration; `*` matches any characters.'),
  model: z.string().describe('Model as the provider knows it; `*` matches any characters.'),
  input: perMillion('input tokens'),
  cached_input: perMillion('input tokens read from a cache; default: input').optional(),
  cache_write: perMillion('input tokens written to a cache; default: input').optional(),
  cache_write_1h: perMillion('input tokens written to a one-hour cache; default: cache_write').optional(),
  audio_input: perMillion('audio input tokens; default: input').optional(),
  output: perMillion('output tokens; left out for models that have none (embeddings)').optional(),
  reasoning: perMillion('reasoning tokens; default: output').optional(),
  audio_output: perMillion('audio output tokens; default: output').optional(),
  per_request: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,12})?$/, 'write dollars as a decimal in quotes: "0.005"')
    .default('0')
    .describe('Dollars per answered request, beside the tokens.'),
});

export type PriceOverride = z.output<typeof priceOverride>;

export const priceSettings = z
  .strictObject({
    overrides: z
      .array(priceOverride)
      .default([])
      .describe('Own prices (contracts, self-hosted models). The first match wins, before the bundled data.'),
  })
  .describe('Prices of models; those not listed come from the bundled data of genai-prices.');

export type PriceSettings = z.output<typeof priceSettings>;
