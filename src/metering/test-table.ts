import { type PricedProvider, priceTable } from './price-table.ts';

const compatible = (baseUrl: string): PricedProvider => ({ kind: 'openai-compatible', baseUrl });
const ofKind = (kind: string): PricedProvider => ({ kind, baseUrl: undefined });

/** Providers of every vendor that the tests of prices ask for. */
export const TEST_PROVIDERS: Readonly<Record<string, PricedProvider>> = {
  openai: ofKind('openai'),
  anthropic: ofKind('anthropic'),
  gemini: ofKind('gemini'),
  bedrock: ofKind('bedrock'),
  azure: compatible('https://example.openai.azure.com/openai/v1'),
  mistral: compatible('https://api.mistral.ai/v1'),
  deepseek: compatible('https://api.deepseek.com'),
  xai: compatible('https://api.x.ai/v1'),
  groq: compatible('https://api.groq.com/openai/v1'),
  cohere: compatible('https://api.cohere.ai/compatibility/v1'),
  together: compatible('https://api.together.ai/v1'),
  fireworks: compatible('https://api.fireworks.ai/inference/v1'),
  moonshot: compatible('https://api.moonshot.ai/v1'),
  cerebras: compatible('https://api.cerebras.ai/v1'),
  perplexity: compatible('https://api.perplexity.ai'),
  openrouter: compatible('https://openrouter.ai/api/v1'),
  voyage: compatible('https://api.voyageai.com/v1'),
  minimax: compatible('https://api.minimax.io/v1'),
  zai: compatible('https://api.z.ai/api/paas/v4'),
  local: compatible('http://127.0.0.1:11434/v1'),
  simulated: ofKind('simulated'),
};

export const testTable = priceTable({ overrides: [] }, (name) => TEST_PROVIDERS[name]);
