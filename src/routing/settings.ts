/** The sections `models` and `routing` of config.yaml. */
import { z } from 'zod';
import { REJECTIONS } from '../providers/index.ts';
import { STRATEGIES, type StrategyId } from './strategies/index.ts';

const strategyIds = STRATEGIES.map(({ id }) => id) as [StrategyId, ...StrategyId[]];
const strategyHelp = STRATEGIES.map(({ id, about }) => `${id}: ${about}`).join('; ');

const milliseconds = (text: string) => z.int().min(0).max(600_000).describe(text);
const percent = (text: string) => z.number().min(0).max(100).describe(text);

const firstByte = milliseconds(
  'Milliseconds without a first byte after which the next target is asked instead; 0 = as long as time-outs allow.',
);
const hedgeAfter = milliseconds(
  'Milliseconds without a first byte after which the next target is asked as well, and the first to answer wins; 0 = never.',
);
const fallbackOn = z
  .array(z.enum(REJECTIONS))
  .describe('Rejections for which the next target is asked all the same: context_length, content_policy.');

const provider = z.string().min(1).describe('Name of a provider.');
const model = z.string().min(1).describe('The model as this provider knows it.');

const targetSettings = z.strictObject({
  provider,
  model,
  weight: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Share of requests, for strategies that spread; 0 = only where the others fail.'),
  context_tokens: z
    .int()
    .min(1)
    .optional()
    .describe('Context window, where the bundled data does not know it.'),
  vision: z.boolean().optional().describe('It takes images.'),
  tools: z.boolean().optional().describe('It calls tools.'),
});

const groupSettings = z.strictObject({
  targets: z
    .array(targetSettings)
    .min(1)
    .describe('What the name stands for; the next one is asked where one fails.'),
  strategy: z.enum(strategyIds).optional().describe('Order of the targets; default: routing.strategy.'),
  sticky: z.boolean().optional().describe('Default: routing.sticky.'),
  regions: z
    .array(z.string().min(1))
    .default([])
    .describe('For the strategy residency: regions in order of preference.'),
  first_byte_ms: firstByte.optional(),
  hedge_after_ms: hedgeAfter.optional(),
  fallback_on: fallbackOn.optional(),
  mirror: z
    .strictObject({ provider, model, percent: percent('Share of requests that are sent there, too.') })
    .optional()
    .describe('A candidate that is asked the same, its answer thrown away; its cost is metered and held.'),
});

export const modelsSettings = z
  .record(z.string().min(1).max(200), groupSettings)
  .default({})
  .describe('Model names of your own, and what they stand for.');

const circuitSettings = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('false: every target is asked in its turn, whatever became of earlier calls.'),
  min_calls: z.int().min(1).max(20).default(5).describe('Calls that must be known before they are judged.'),
  failure_percent: percent('Share of the last 20 calls that must have failed to open the circuit.')
    .min(1)
    .default(50),
  open_ms: milliseconds('Pause before a probe; doubles with every probe that fails.').min(1).default(5_000),
  open_max_ms: milliseconds('Longest pause.').min(1).default(60_000),
});

const healthCheckSettings = z.strictObject({
  interval_ms: milliseconds('Pause between two checks of a provider; 0 = only requests tell.').default(0),
  timeout_ms: milliseconds('A provider that does not answer within it is taken to be down.')
    .min(1)
    .default(2_000),
});

export const routingSettings = z
  .strictObject({
    strategy: z
      .enum(strategyIds)
      .default('ordered')
      .describe(`Order of the targets of a name that has several. ${strategyHelp}.`),
    sticky: z
      .boolean()
      .default(true)
      .describe(
        'Where targets share the requests, those of one session (x-sluice-session, else the user) stay with one target, so that its prompt cache hits.',
      ),
    first_byte_ms: firstByte.default(0),
    hedge_after_ms: hedgeAfter.default(0),
    hedge_percent: percent('Hedges per hundred requests that may be hedged.').default(5),
    fallback_on: fallbackOn.default(['context_length']),
    retry_percent: percent(
      'Retries of the same target per hundred calls to it, beside ten that are always saved up.',
    ).default(20),
    mirrors_at_once: z
      .int()
      .min(0)
      .default(32)
      .describe('Mirrored requests under way at most; beyond, none is sent.'),
    circuit: circuitSettings.prefault({}).describe('When a target that fails is left alone.'),
    health_checks: healthCheckSettings
      .prefault({})
      .describe('Asking providers over HTTP whether they are there, without a model call.'),
  })
  .describe('How the targets of a model are chosen, and what happens when they fail or are slow.');

export type ModelsSettings = z.output<typeof modelsSettings>;
export type GroupSettings = ModelsSettings[string];
export type RoutingSettings = z.output<typeof routingSettings>;

interface DanglingTarget {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Targets that name no provider, as paths and messages for `config check`. */
export function danglingTargets(
  models: ModelsSettings,
  providers: Readonly<Record<string, unknown>>,
): DanglingTarget[] {
  const check = (name: string, path: readonly (string | number)[]): DanglingTarget[] =>
    Object.hasOwn(providers, name)
      ? []
      : [
          {
            path: ['models', ...path, 'provider'],
            message: `no provider is named ${JSON.stringify(name)}; there are ${Object.keys(providers).join(', ')}`,
          },
        ];
  return Object.entries(models).flatMap(([alias, { targets, mirror }]) => [
    ...targets.flatMap((target, index) => check(target.provider, [alias, 'targets', index])),
    ...(mirror === undefined ? [] : check(mirror.provider, [alias, 'mirror'])),
  ]);
}
