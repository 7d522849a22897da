/**
 * What the bundled data does not know of the vendors: what their services cost, and what they take for searches.
 * Every row names the page it was read on (November 2026). The revision stands in every price version, so that a
 * line says by which rows it was priced: raise it with every change here (a test compares).
 */
import type { PicoUsd } from '../core/money.ts';
import { namePatterns } from '../core/pattern.ts';
import type { ServiceTier } from '../core/usage.ts';
import { type Factor, type Price, UNCHANGED } from './price.ts';

export const VENDOR_TERMS_REVISION = 1;

interface ServiceTerm {
  /** Provider id of genai-prices. */
  readonly vendor: string;
  readonly service: ServiceTier;
  /** `*` matches any characters; the first row that matches holds. */
  readonly models: readonly string[];
  /** Times the standard price of every token. */
  readonly factor: readonly [times: number, per: number];
  readonly source: string;
}

const OPENAI_PRICING = 'https://developers.openai.com/api/docs/pricing';
const OPENAI_PRIORITY = 'https://openai.com/api-fast-mode/';
const ANTHROPIC_PRICING = 'https://platform.claude.com/docs/en/about-claude/pricing';
const GEMINI_TIERS = 'https://ai.google.dev/gemini-api/docs/optimization';

const openAiPriority = (times: number, per: number, ...models: string[]): ServiceTerm => ({
  vendor: 'openai',
  service: 'priority',
  models,
  factor: [times, per],
  source: OPENAI_PRIORITY,
});

export const SERVICE_TERMS: readonly ServiceTerm[] = [
  { vendor: 'openai', service: 'batch', models: ['*'], factor: [1, 2], source: OPENAI_PRICING },
  { vendor: 'openai', service: 'flex', models: ['*'], factor: [1, 2], source: OPENAI_PRICING },
  openAiPriority(7, 4, 'gpt-4o-2024-05-13'),
  openAiPriority(5, 3, 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18'),
  openAiPriority(17, 10, 'gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'),
  openAiPriority(2, 1, 'gpt-4.1-nano*'),
  openAiPriority(7, 4, 'gpt-4.1', 'gpt-4.1-2025*', 'gpt-4.1-mini*', 'o3', 'o3-2025*'),
  openAiPriority(20, 11, 'o4-mini*'),
  openAiPriority(9, 5, 'gpt-5-mini*'),
  openAiPriority(5, 2, 'gpt-5.5', 'gpt-5.5-2026*'),
  openAiPriority(2, 1, 'gpt-5', 'gpt-5-2025*', 'gpt-5-codex', 'gpt-5.1', 'gpt-5.1-2025*', 'gpt-5.1-codex'),
  openAiPriority(2, 1, 'gpt-5.2', 'gpt-5.2-2025*', 'gpt-5.4', 'gpt-5.4-2026*', 'gpt-5.4-mini*'),
  openAiPriority(2, 1, 'gpt-5.6-sol*', 'gpt-5.6-terra*', 'gpt-5.6-luna*'),
  { vendor: 'anthropic', service: 'batch', models: ['*'], factor: [1, 2], source: ANTHROPIC_PRICING },
  // Bought ahead; every kind of token draws on the commitment in proportion to its list price.
  {
    vendor: 'anthropic',
    service: 'priority',
    models: ['*'],
    factor: [1, 1],
    source: 'https://platform.claude.com/docs/en/api/service-tiers',
  },
  {
    vendor: 'anthropic',
    service: 'fast',
    models: ['claude-opus-4-6*', 'claude-opus-4-7*'],
    factor: [6, 1],
    source: `${ANTHROPIC_PRICING}#fast-mode-pricing`,
  },
  {
    vendor: 'anthropic',
    service: 'fast',
    models: ['claude-opus-4-8*', 'claude-opus-5', 'claude-opus-5-2026*'],
    factor: [2, 1],
    source: `${ANTHROPIC_PRICING}#fast-mode-pricing`,
  },
  { vendor: 'google', service: 'batch', models: ['*'], factor: [1, 2], source: GEMINI_TIERS },
  { vendor: 'google', service: 'flex', models: ['*'], factor: [1, 2], source: GEMINI_TIERS },
  // The page says "75 % to 100 % more"; these two say how much.
  {
    vendor: 'google',
    service: 'priority',
    models: ['gemini-3.7-flash*', 'gemini-3.8-flash*'],
    factor: [9, 5],
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
  },
  {
    vendor: 'groq',
    service: 'flex',
    models: ['*'],
    factor: [1, 1],
    source: 'https://console.groq.com/docs/flex-processing',
  },
  {
    vendor: 'groq',
    service: 'batch',
    models: ['*'],
    factor: [1, 2],
    source: 'https://console.groq.com/docs/batch',
  },
  {
    vendor: 'aws',
    service: 'batch',
    models: ['*'],
    factor: [1, 2],
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/capacity-limits-cost-optimization.html',
  },
];

/** Anthropic takes a tenth more for `inference_geo: us`, which only models from Opus 4.6 on accept. */
const REGIONAL: Readonly<Record<string, Factor>> = { anthropic: { times: 11n, per: 10n } };

/** $10 per 1,000 searches of the web at both, $2.50 per 1,000 in files: the pricing pages above, "Tools". */
export const SEARCH_FEES: Readonly<Record<string, { webSearch: PicoUsd; fileSearch: PicoUsd | undefined }>> =
  {
    openai: { webSearch: 10_000_000_000n, fileSearch: 2_500_000_000n },
    anthropic: { webSearch: 10_000_000_000n, fileSearch: undefined },
  };

const terms = SERVICE_TERMS.map(({ vendor, service, models, factor: [times, per] }) => ({
  vendor,
  service,
  matches: namePatterns(models),
  factor: times === per ? UNCHANGED : { times: BigInt(times), per: BigInt(per) },
}));

/** What the services of a vendor cost, for one of its models. */
export function vendorServices(vendor: string, model: string): Pick<Price, 'services' | 'regional'> {
  const services: Partial<Record<ServiceTier, Factor>> = {};
  for (const term of terms) {
    if (term.vendor === vendor && term.matches(model)) services[term.service] ??= term.factor;
  }
  return { services, regional: REGIONAL[vendor] ?? UNCHANGED };
}
