/** What a kind of provider is: one file here, one line in `index.ts`. */
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Operation } from '../../dialects/dialect.ts';
import type { Deadlines } from '../deadlines.ts';
import type { Capability, Provider } from '../provider.ts';

/** What a provider may use of its surroundings. */
export interface Surroundings {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** The variables by which a kind is well known: a gateway without a `providers` section has it where all of `needs` are set. */
export interface KindEnvironment {
  /** Its name then, where it is not that of the kind. */
  readonly name?: string;
  /** Setting → variable. */
  readonly needs: Readonly<Record<string, string>>;
  readonly takes?: Readonly<Record<string, string>>;
}

export interface ProviderKind<Id extends string = string, Settings extends z.ZodObject = z.ZodObject> {
  readonly id: Id;
  /** One sentence for the documentation. */
  readonly summary: string;
  /** Strict; `kind` is its discriminator. */
  readonly settings: Settings;
  /** What it can serve at most. */
  readonly operations: readonly Operation[];
  /** Model patterns where the settings name none. */
  readonly patterns: readonly string[];
  /** Models to list for users; it may serve more, and the patterns decide what is asked of it. */
  readonly knownModels: readonly string[];
  /** Client headers that it may see. */
  readonly forwards: readonly string[];
  /** Where it can process data; where it is one place, that is the region of a provider that names none. */
  readonly regions: readonly string[];
  /** What its models can do beside text, as far as the API carries it; the single model decides. */
  readonly capabilities: readonly Capability[];
  /** What of it the environment can say. */
  readonly environment?: KindEnvironment;
  /** Sets one provider up; no connection is made yet. @throws Error when the settings cannot work. */
  open(name: string, settings: z.output<Settings>, surroundings: Surroundings): Provider;
}

/** Types a kind by its own settings. */
export function providerKind<const Id extends string, S extends z.ZodObject>(
  kind: ProviderKind<Id, S>,
): ProviderKind<Id, S> {
  return kind;
}

const milliseconds = (fallback: number, text: string) =>
  z.int().min(1).max(86_400_000).default(fallback).describe(text);

export const commonFields = {
  enabled: z.boolean().default(true).describe('false keeps the settings, but sends nothing there.'),
  region: z
    .string()
    .min(1)
    .optional()
    .describe('Where the provider processes data, in words of your own; residency rules compare it.'),
  models: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Patterns of the models it is asked for (* = any characters). Default: those of the kind.'),
  timeouts_ms: z
    .strictObject({
      connect: milliseconds(5_000, 'Until a connection is made, TLS included.'),
      first_byte: milliseconds(600_000, 'From the call to the first byte of the answer.'),
      idle: milliseconds(120_000, 'Between two chunks of an answer.'),
      total: milliseconds(1_800_000, 'From the call to the end of the answer.'),
    })
    .prefault({})
    .describe('Time-outs of one call, in milliseconds.'),
};

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
/** Set by the gateway on every call; a setting must not contradict it. */
const RESERVED = ['host', 'content-length', 'transfer-encoding', 'connection', 'accept-encoding', 'te'];

export const httpFields = {
  ...commonFields,
  max_connections: z
    .int()
    .min(1)
    .default(512)
    .describe('Connections at most, per node; further calls wait for a free one.'),
  headers: z
    .record(
      z.string().regex(HEADER_NAME, 'must be a header name in lower case'),
      z.string().regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
    )
    .refine((headers) => !RESERVED.some((name) => Object.hasOwn(headers, name)), {
      error: `must not set ${RESERVED.join(', ')}`,
    })
    .default({})
    .describe('Further headers of every call.'),
};

export type HttpSettings = z.output<z.ZodObject<typeof httpFields>>;

export const baseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((url) => !/[?#@]/.test(url), { error: 'must have neither credentials, query nor fragment' });

export const apiKey = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** One key, or several that share the calls by weight; none at all where only the organisations bring keys. */
export const apiKeys = z.union([
  apiKey,
  z.array(
    z.strictObject({
      name: z.string().min(1).max(64).describe('Says which one it is, in metrics and in the log.'),
      key: apiKey,
      weight: z.int().min(1).max(1000).default(1).describe('Share of the calls, beside the other keys.'),
    }),
  ),
]);
