import { z } from 'zod';
import { SERVICE_TIERS } from '../core/usage.ts';

const perMillion = (what: string) =>
  z
    .string()
    .regex(
      /^\d{1,9}(\.\d{1,6})?$/,
      'write dollars per million tokens as a decimal in quotes, at most 6 decimals: "2.50"',
    )
    .describe(`Dollars per million ${what}, as a decimal string.`);

const perPiece = (what: string) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,12})?$/, 'write dollars as a decimal in quotes: "0.005"')
    .describe(`Dollars per ${what}.`);

const percent = (what: string) =>
  z
    .string()
    .regex(/^\d{1,4}(\.\d{1,4})?$/, 'write a percentage as a decimal in quotes: "85" takes 15 % off')
    .describe(what);

const rates = {
  input: perMillion('input tokens').optional(),
  cached_input: perMillion('input tokens read from a cache; default: input').optional(),
  cache_write: perMillion('input tokens written to a cache; default: input').optional(),
  cache_write_1h: perMillion('input tokens written to a one-hour cache; default: cache_write').optional(),
  audio_input: perMillion('audio input tokens; default: input').optional(),
  image_input: perMillion('image input tokens; default: input').optional(),
  output: perMillion('output tokens; left out for models that have none (embeddings)').optional(),
  reasoning: perMillion('reasoning tokens; default: output').optional(),
  audio_output: perMillion('audio output tokens; default: output').optional(),
  image_output: perMillion('image output tokens; default: output').optional(),
};

const tier = z.strictObject({
  input_tokens: z
    .number()
    .int()
    .positive()
    .describe('The tier holds for the whole request once its input, cached tokens included, exceeds this.'),
  ...rates,
  input: perMillion('input tokens'),
});

const priceOverride = z
  .strictObject({
    org: z
      .string()
      .optional()
      .describe('Slug of the organisation; `*` matches any characters. Default: all.'),
    provider: z
      .string()
      .default('*')
      .describe('Name of the provider in this configuration; `*` matches any characters.'),
    model: z.string().describe('Model as the provider knows it; `*` matches any characters.'),
    from: z.iso.datetime({ offset: true }).optional().describe('Holds from this instant on; default: ever.'),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Holds before this instant; default: for ever.'),
    percent: percent(
      'Instead of own prices: this percentage of what holds otherwise (a discount or a markup).',
    ).optional(),
    ...rates,
    above: z.array(tier).optional().describe('Prices of requests with more input.'),
    service_tiers: z
      .partialRecord(z.enum(SERVICE_TIERS).exclude(['standard', 'other']), percent('Per cent of standard.'))
      .optional()
      .describe('What tokens cost in flex, priority, batch or fast service; those left out are unpriced.'),
    per_request: perPiece('answered request, beside the tokens').default('0'),
    web_search: perPiece('search of the web that the provider runs').optional(),
    file_search: perPiece('search in stored files that the provider runs').optional(),
  })
  .superRefine((entry, context) => {
    const { org: _org, provider: _provider, model: _model, from, until, percent: share, ...own } = entry;
    if (from !== undefined && until !== undefined && Date.parse(from) >= Date.parse(until))
      context.addIssue({ code: 'custom', path: ['until'], message: 'must be later than `from`' });
    if (share === undefined && entry.input === undefined)
      context.addIssue({ code: 'custom', path: ['input'], message: 'write own prices, or `percent`' });
    const { per_request: perRequest, ...given } = own;
    const stated = perRequest !== '0' || Object.values(given).some((value) => value !== undefined);
    if (share !== undefined && stated)
      context.addIssue({ code: 'custom', path: ['percent'], message: 'takes no own prices beside it' });
  });

export type PriceOverride = z.output<typeof priceOverride>;

export const priceSettings = z
  .strictObject({
    overrides: z
      .array(priceOverride)
      .default([])
      .describe(
        'Own prices (contracts, discounts, self-hosted models). The first match wins, before the bundled data.',
      ),
  })
  .describe('Prices of models; those not listed come from the bundled data of genai-prices.');

export type PriceSettings = z.output<typeof priceSettings>;
