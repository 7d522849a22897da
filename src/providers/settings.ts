/** The sections `providers` and `retries` of config.yaml. */
import { z } from 'zod';
import { KINDS } from './kinds/index.ts';
import type { ProviderKind } from './kinds/kind.ts';

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

export const providerKeysSettings = z
  .strictObject({
    encryption_keys: z
      .array(
        z.strictObject({
          id: z
            .string()
            .min(1)
            .max(64)
            .describe('Names the key in the database; never used for another one.'),
          key: z
            .base64()
            .refine((text) => Buffer.from(text, 'base64').length === 32, {
              error: 'must be 32 bytes as base64; openssl rand -base64 32 makes some',
            })
            .describe('32 bytes as base64, the same on every node.'),
        }),
      )
      .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, {
        error: 'must have an id of its own each',
      })
      .default([])
      .describe('The first one seals, all of them open; at the start everything is put under the first.'),
  })
  .describe('Keys of providers that organisations bring along, by the admin API.');

export type ProvidersSettings = z.output<typeof providersSettings>;

export const KIND_IDS: readonly string[] = KINDS.map(({ id }) => id);

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables that name providers, and the setting that each of them decides. */
export const PROVIDER_VARIABLES: Readonly<Record<string, string>> = Object.fromEntries(
  KINDS.flatMap((kind) =>
    Object.entries(variablesOf(kind)).map(([setting, variable]) => [
      variable,
      `providers.${kind.environment?.name ?? kind.id}.${setting}`,
    ]),
  ),
);

/** The variable in which a setting of a kind is usually found. */
export function variableOf(kindId: unknown, setting: string): string | undefined {
  const kind = KINDS.find(({ id }) => id === kindId);
  return kind && variablesOf(kind)[setting];
}

/** The `providers` section that stands where the file has none: the simulator, and what the environment names. */
export function defaultProviders(variables: Variables): Record<string, unknown> {
  const named = KINDS.flatMap((kind) => {
    const { environment } = kind as ProviderKind;
    if (environment === undefined || !Object.values(environment.needs).every((name) => variables[name])) {
      return [];
    }
    const settings = Object.entries(variablesOf(kind)).flatMap(([setting, variable]) =>
      variables[variable] ? [[setting, variables[variable]]] : [],
    );
    return [[environment.name ?? kind.id, { kind: kind.id, ...Object.fromEntries(settings) }]];
  });
  return { ...Object.fromEntries(named), simulated: { kind: 'simulated' } };
}

function variablesOf({ environment }: Pick<ProviderKind, 'environment'>): Readonly<Record<string, string>> {
  return { ...environment?.needs, ...environment?.takes };
}
