/** The sections `providers` and `retries` of config.yaml. */
import { z } from 'zod';
import { KINDS } from './kinds/index.ts';

type SettingsOf<Kinds extends readonly { readonly settings: z.ZodObject }[]> = {
  -readonly [Index in keyof Kinds]: Kinds[Index]['settings'];
};

const kindSettings = KINDS.map((kind) => kind.settings) as unknown as SettingsOf<typeof KINDS>;

/** No slash: `provider/model` names a model of one provider. */
const providerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be lower case letters, digits, ".", "_" or "-"');

export const providersSettings = z
  .record(providerName, z.discriminatedUnion('kind', kindSettings))
  .describe('AI providers by name; the order is the order in which they are asked.');

const milliseconds = (fallback: number, text: string) =>
  z.int().min(0).max(600_000).default(fallback).describe(text);

export const retriesSettings = z
  .strictObject({
    max_attempts_per_target: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe('Calls to one target before the next one is asked.'),
    backoff_base_ms: milliseconds(
      250,
      'Longest pause before the first retry; doubles with every further one.',
    ),
    backoff_max_ms: milliseconds(5_000, 'Longest pause before any retry.'),
    max_retry_after_ms: milliseconds(
      5_000,
      'A provider that asks for a longer pause (retry-after) is left for the next target at once.',
    ),
  })
  .prefault({})
  .describe('Retries, always before the first byte has gone to the client.');

export type ProvidersSettings = z.output<typeof providersSettings>;

/** Credentials and addresses from the environment, for a gateway without a `providers` section. */
export interface ProviderEnvironment {
  readonly openaiApiKey: string | undefined;
  readonly anthropicApiKey: string | undefined;
  readonly compatibleUrl: string | undefined;
  readonly compatibleApiKey: string | undefined;
}

/** The `providers` section that stands where the file has none: the simulator, and what the environment names. */
export function defaultProviders(environment: ProviderEnvironment): z.input<typeof providersSettings> {
  const { openaiApiKey, anthropicApiKey, compatibleUrl, compatibleApiKey } = environment;
  return {
    ...(openaiApiKey ? { openai: { kind: 'openai', api_key: openaiApiKey } } : {}),
    ...(anthropicApiKey ? { anthropic: { kind: 'anthropic', api_key: anthropicApiKey } } : {}),
    ...(compatibleUrl
      ? {
          compatible: {
            kind: 'openai-compatible',
            base_url: compatibleUrl,
            ...(compatibleApiKey ? { api_key: compatibleApiKey } : {}),
          },
        }
      : {}),
    simulated: { kind: 'simulated' },
  };
}
