import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { JsonObject } from '../../core/json.ts';
import { formatUsd } from '../../core/money.ts';
import { converseUsage } from '../bedrock-converse/usage.ts';
import { geminiUsage } from '../gemini/usage.ts';
import { requestedService } from '../service-tier.ts';
import { openAiUsage } from './usage.ts';

const TOKENS = { prompt_tokens: 10, completion_tokens: 2 };
const read = (usage: JsonObject, holder: JsonObject = {}) => openAiUsage({ ...TOKENS, ...usage }, holder);

t.test('the service that an answer was given is read in every vendor’s words', async (t) => {
  const tier = (word: JsonObject['x']) => read({}, { service_tier: word ?? null })?.serviceTier;
  for (const word of ['default', 'auto', 'scale', 'on_demand', 'standard', null])
    t.equal(tier(word), 'standard');
  t.equal(tier('flex'), 'flex');
  t.equal(tier('priority'), 'priority');
  t.equal(tier('fast'), 'priority', 'its name since 30 July 2026');
  t.equal(tier('warp'), 'other', 'unknown, so that nobody prices it as standard');
  t.same(requestedService({ service_tier: 'flex' }), { serviceTier: 'flex', regional: false });
  t.same(requestedService({ speed: 'fast', inference_geo: 'us' }), { serviceTier: 'fast', regional: true });
});

t.test('Gemini and Bedrock name their service and their images in words of their own', async (t) => {
  const gemini = (more: JsonObject) =>
    geminiUsage({ promptTokenCount: 300, candidatesTokenCount: 1300, ...more });
  t.match(gemini({ trafficType: 'ON_DEMAND' }), { serviceTier: 'standard' });
  t.match(gemini({ trafficType: 'ON_DEMAND_FLEX' }), { serviceTier: 'flex' });
  t.match(gemini({ trafficType: 'ON_DEMAND_PRIORITY' }), { serviceTier: 'priority' });
  t.match(gemini({ trafficType: 'PROVISIONED_THROUGHPUT' }), { serviceTier: 'standard' });
  t.match(gemini({ serviceTier: 'PRIORITY' }), { serviceTier: 'priority' });
  const images = (tokenCount: number) => [
    { modality: 'TEXT', tokenCount: 1 },
    { modality: 'IMAGE', tokenCount },
  ];
  t.match(gemini({ promptTokensDetails: images(258), candidatesTokensDetails: images(1290) }), {
    imageInputTokens: 258,
    imageOutputTokens: 1290,
  });
  const usage = { inputTokens: 5, outputTokens: 1, cacheReadInputTokens: 7 };
  t.match(converseUsage({ usage, serviceTier: { type: 'flex' } }), { inputTokens: 12, serviceTier: 'flex' });
  t.match(converseUsage({ usage }), { cachedInputTokens: 7, serviceTier: 'standard' });
});

t.test('searches are counted where they are listed or counted; opening a page is none', async (t) => {
  const output = [
    { type: 'web_search_call', action: { type: 'search' } },
    { type: 'web_search_call', action: { type: 'open_page' } },
    { type: 'web_search_call' },
    { type: 'file_search_call' },
    { type: 'message' },
  ];
  t.match(read({}, { output }), { webSearches: 2, fileSearches: 1 });
  t.match(read({ server_tool_use_details: { web_search_requests: 3 } }), { webSearches: 3 });
});

t.test('what a provider says that it charges is read exactly', async (t) => {
  const charged = (usage: JsonObject) => {
    const cost = read(usage)?.providerCost;
    return cost === undefined ? undefined : formatUsd(cost);
  };
  t.equal(charged({ cost: 1.13e-5 }), '0.0000113');
  t.equal(
    charged({ cost: 0.00001, is_byok: true, cost_details: { upstream_inference_cost: 0.0002 } }),
    '0.00021',
  );
  t.equal(
    charged({ cost: 0.0002, is_byok: false, cost_details: { upstream_inference_cost: 0.0002 } }),
    '0.0002',
  );
  t.equal(charged({ cost_in_usd_ticks: 37_756_000 }), '0.0037756', 'docs.x.ai/developers/cost-tracking');
  t.equal(charged({ cost: { input_tokens_cost: 0.001, total_cost: 0.0132 } }), '0.0132', 'Perplexity');
  t.equal(charged({ cost: 0 }), '0');
  for (const cost of ['0.1', -1, null, true]) t.equal(charged({ cost }), undefined);
});

const EXCHANGES = new URL('../../../../shared/data/exchanges/response-only/', import.meta.url);

t.test(
  'what xAI charged in recorded answers is found',
  { skip: existsSync(EXCHANGES) ? false : 'needs ../shared/data' },
  async (t) => {
    let found = 0;
    for (const name of readdirSync(EXCHANGES)) {
      if (!name.includes('xai')) continue;
      const body = JSON.parse(readFileSync(new URL(name, EXCHANGES), 'utf8')).response?.body;
      const ticks = body?.usage?.cost_in_usd_ticks;
      if (typeof ticks !== 'number') continue;
      found += 1;
      t.equal(openAiUsage(body.usage, body)?.providerCost, BigInt(ticks) * 100n, name);
    }
    t.ok(found > 0, `${found} answers`);
  },
);

t.test(
  'what no answer can have used or cost is not believed: a slip of a provider spends no budget',
  async (t) => {
    for (const completion of [2 ** 31, 9007199254740991, -2, 1.5, 1e300, '7'])
      t.equal(read({ completion_tokens: completion }), undefined, `${completion} tokens`);
    t.match(read({ completion_tokens: 2 ** 31 - 1 }), { outputTokens: 2 ** 31 - 1 });
    t.match(openAiUsage({ prompt_tokens: 10 }), { inputTokens: 10, outputTokens: 0 }, 'embeddings');
    for (const cost of [JSON.parse('1e999'), 1e300, 1_000_001, -1, '1'])
      t.equal(read({ cost })?.providerCost, undefined, `$${cost}`);
    t.equal(read({ cost: 1_000_000 })?.providerCost, 10n ** 18n);
    t.equal(read({ cost_in_usd_ticks: JSON.parse('1e999') })?.providerCost, undefined);
  },
);
