import { z } from 'zod';
import type { Provider, Receiver, Transmission, UpstreamRequest } from '../provider.ts';
import { SIMULATED_MODELS } from '../simulated/behaviour.ts';
import { KeptResponses } from '../simulated/kept-responses.ts';
import { Performance } from '../simulated/performance.ts';
import type { Pace } from '../simulated/script.ts';
import { answerTo, SIMULATED_OPERATIONS } from '../simulated/simulator.ts';
import { commonFields, providerKind } from './kind.ts';

export const simulated = providerKind({
  id: 'simulated',
  summary: 'A simulator inside the gateway, for demos, tests and load tests; no model runs.',
  operations: SIMULATED_OPERATIONS,
  patterns: ['sim-*'],
  knownModels: SIMULATED_MODELS,
  forwards: [],
  regions: [],
  capabilities: ['tools'],
  settings: z.strictObject({
    kind: z.literal('simulated'),
    ...commonFields,
    latency_ms: z.int().min(0).max(600_000).default(0).describe('Before the first byte.'),
    tokens_per_second: z
      .number()
      .min(0)
      .max(1_000_000)
      .default(0)
      .describe('Pace of the answer; 0 = as fast as it is read.'),
    error_rate: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of calls that fail: with 429, 500 and 503 in turn.'),
    seed: z.int().default(1).describe('Same seed and same request, same answer.'),
    output_tokens: z
      .int()
      .min(1)
      .max(100_000)
      .default(32)
      .describe('Length of an answer that nothing else decides.'),
  }),
  open(name, settings, { clock }): Provider {
    const pace: Pace = { latencyMs: settings.latency_ms, tokensPerSecond: settings.tokens_per_second };
    const simulator = { ...settings, calls: 0, clock, kept: new KeptResponses() };
    return {
      name,
      kind: 'simulated',
      region: settings.region,
      patterns: settings.models ?? simulated.patterns,
      knownModels: simulated.knownModels,
      operations: new Set(SIMULATED_OPERATIONS),
      timeouts: settings.timeouts_ms,
      usageOnRequest: true,
      diagnose: () => undefined,
      send(request: UpstreamRequest, receiver: Receiver): Transmission {
        simulator.calls++;
        return new Performance(answerTo(request, simulator), pace, receiver, name);
      },
      close: () => Promise.resolve(),
    };
  },
});
