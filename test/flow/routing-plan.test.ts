import t from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import { asFault, Fault } from '../../src/core/fault.ts';
import { Call } from '../../src/gateway/stage.ts';
import { priceTable } from '../../src/metering/index.ts';
import { priceSettings } from '../../src/metering/settings.ts';
import { Catalogue, openProviders } from '../../src/providers/index.ts';
import { providersSettings } from '../../src/providers/settings.ts';
import { Groups, targetStates } from '../../src/routing/index.ts';
import { danglingTargets, modelsSettings, routingSettings } from '../../src/routing/settings.ts';
import { route } from '../../src/routing/stage.ts';
import { type ExchangeOptions, testExchange, testPrincipal } from '../support/exchange.ts';

const settings = providersSettings.parse({
  openai: { kind: 'openai', api_key: 'k', region: 'us' },
  azure: { kind: 'openai', api_key: 'k', region: 'eu', models: ['gpt-*', 'house-model'] },
  anthropic: { kind: 'anthropic', api_key: 'k' },
  local: { kind: 'openai-compatible', base_url: 'http://127.0.0.1:9/v1', region: 'eu' },
  off: { kind: 'openai', api_key: 'k', enabled: false },
  simulated: { kind: 'simulated' },
});
const models = modelsSettings.parse({
  fast: {
    targets: [
      { provider: 'openai', model: 'gpt-5.4-mini' },
      { provider: 'simulated', model: 'sim-fast' },
    ],
  },
  retired: { targets: [{ provider: 'off', model: 'gpt-5' }] },
});
const { byName } = openProviders(settings, systemClock);
const catalogue = new Catalogue(byName, models);
const routing = routingSettings.parse({});
const depsOf = (served: Catalogue) => ({
  catalogue: served,
  groups: new Groups(byName, models, routing),
  states: targetStates(routing, systemClock),
  prices: priceTable(priceSettings.parse({}), () => undefined),
  random: () => 0.5,
  now: () => systemClock.now(),
});
const stage = route(depsOf(catalogue));
const anyone = testPrincipal();

function plan(model: string, options: ExchangeOptions = {}): string[] | Fault {
  const x = testExchange({
    body: { model, messages: [{ role: 'user', content: 'x' }], max_tokens: 1 },
    ...options,
  });
  try {
    void stage.enter(x);
    return x.plan.targets.map((target) => `${target.provider}:${target.model}`);
  } catch (thrown) {
    return asFault(thrown);
  }
}

const inOrg = (org: Partial<typeof anyone.org>): ExchangeOptions => ({
  principal: testPrincipal({ org: { ...anyone.org, ...org } }),
});
const withKey = (...allowed: string[]): ExchangeOptions => ({
  principal: testPrincipal({ models: allowed }),
});

t.test('a name becomes targets: alias, provider/model, pattern, and everything else', async (t) => {
  t.strictSame(plan('fast'), ['openai:gpt-5.4-mini', 'simulated:sim-fast']);
  t.strictSame(plan('azure/anything'), ['azure:anything']);
  t.strictSame(plan('gpt-5.4'), ['openai:gpt-5.4', 'azure:gpt-5.4'], 'a catch-all is not a fallback');
  t.strictSame(plan('llama-4'), ['local:llama-4']);
  t.strictSame(plan('meta/llama-4'), ['local:meta/llama-4'], 'a slash that names no provider');
  t.strictSame(plan('gpt-5.4', inOrg({ defaultProvider: 'azure' })), ['azure:gpt-5.4', 'openai:gpt-5.4']);
  t.strictSame(plan('claude-opus-5', { operation: 'messages' }), ['anthropic:claude-opus-5']);
});

t.test('each rule has its own precise refusal', async (t) => {
  const org = { code: 'policy_denied', details: { param: 'model' } };
  t.match(plan('claude-opus-5', { operation: 'moderations', body: { model: 'claude-opus-5', input: 'x' } }), {
    code: 'model_not_found',
    message: /does not serve moderations; it serves messages/,
  });
  t.match(plan('retired'), { code: 'model_not_found', message: /retired/ });
  t.match(plan('gpt-5.4', withKey('claude-*')), {
    code: 'permission_denied',
    message: /key\/test.*claude-\*/,
  });
  t.match(plan('gpt-5.4', inOrg({ allowedProviders: ['anthropic'] })), {
    ...org,
    message: /only.*anthropic/,
  });
  t.match(plan('azure/gpt-5', inOrg({ restrictedProviders: ['azure'] })), {
    ...org,
    message: /restricted.*azure/,
  });
  t.match(plan('sim-x', inOrg({ dataResidency: ['eu'] })), { ...org, message: /eu.*names no region/ });
  const forbids = { permits: () => new Fault('policy_denied', 'policy "no-llama" forbids it') };
  t.match(plan('llama-4', { verdict: forbids }), { message: 'policy "no-llama" forbids it' });
});

t.test('what one rule refuses, the rest of the plan may still serve', async (t) => {
  t.strictSame(plan('gpt-5.4', inOrg({ dataResidency: ['eu'] })), ['azure:gpt-5.4']);
  t.strictSame(plan('fast', inOrg({ restrictedProviders: ['openai'] })), ['simulated:sim-fast']);
  const notUs = {
    permits: ({ region }: { region: string | undefined }) =>
      region === 'us' ? new Fault('policy_denied', 'no') : undefined,
  };
  t.strictSame(plan('gpt-5.4', { verdict: notUs }), ['azure:gpt-5.4']);
});

t.test(
  'a key may be limited by the name asked for, the name served, or both with the provider',
  async (t) => {
    t.strictSame(plan('fast', withKey('fast')), ['openai:gpt-5.4-mini', 'simulated:sim-fast']);
    t.strictSame(plan('openai/gpt-5.4', withKey('gpt-*')), ['openai:gpt-5.4']);
    t.strictSame(plan('gpt-5.4', withKey('azure/*')), ['azure:gpt-5.4']);
  },
);

t.test('an unknown name is met with near ones, never those of others', async (t) => {
  const only = new Catalogue(new Map([...byName].filter(([name]) => name !== 'local')), models);
  const x = testExchange({ body: { model: 'sim-fsat', messages: [] } });
  const unknown = only.unknown('gpt-5.4-mimi', anyone);
  t.match(unknown, { code: 'model_not_found', details: { param: 'model' }, message: /gpt-5.4-mini/ });
  t.notMatch(only.unknown('gpt-5.4-mimi', testPrincipal({ models: ['sim-*'] })).message, /gpt-5.4-mini/);
  t.strictSame(only.targets('nothing', null), []);
  t.throws(
    () =>
      void route(depsOf(only)).enter({
        ...x,
        call: new Call(x.call.body, { ...x.call.described, model: 'zzz' }),
      }),
    {
      code: 'model_not_found',
    },
  );
  t.match(plan('x', { body: { model: 'x', messages: [] } }), ['local:x']);
});

t.test('the list of models shows what the caller may use', async (t) => {
  const ids = (list: ReturnType<Catalogue['knownModels']>): string[] => list.map(({ id }) => id);
  const all = ids(catalogue.knownModels(anyone));
  for (const id of ['fast', 'gpt-5.4', 'house-model', 'claude-opus-5-5', 'sim-fast'])
    t.ok(all.includes(id), id);
  t.notOk(all.includes('retired'));
  t.equal(new Set(all).size, all.length);
  t.strictSame(ids(catalogue.knownModels(testPrincipal({ models: ['sim-fast', 'fast'] }))), [
    'fast',
    'sim-fast',
  ]);
});

t.test('targets and mirrors that lead nowhere are named', async (t) => {
  const dangling = danglingTargets(
    modelsSettings.parse({
      a: {
        targets: [{ provider: 'nobody', model: 'm' }],
        mirror: { provider: 'none', model: 'm', percent: 1 },
      },
    }),
    settings,
  );
  t.match(dangling, [
    { path: ['models', 'a', 'targets', 0, 'provider'], message: /"nobody"/ },
    { path: ['models', 'a', 'mirror', 'provider'] },
  ]);
  t.strictSame(danglingTargets(models, settings), []);
});

t.test('who cannot serve is left out, sessions stay together, and the sick come last', async (t) => {
  const group = modelsSettings.parse({
    spread: {
      targets: [
        { provider: 'openai', model: 'small', context_tokens: 100, vision: true },
        { provider: 'azure', model: 'blind', context_tokens: 100_000, vision: false },
        { provider: 'local', model: 'able', context_tokens: 100_000, vision: true },
      ],
      strategy: 'weighted',
    },
  });
  const deps = {
    ...depsOf(new Catalogue(byName, group)),
    groups: new Groups(byName, group, routing),
    random: Math.random,
  };
  const spread = route(deps);
  const planned = (content: unknown, headers: Record<string, string> = {}): string[] => {
    const x = testExchange({
      body: { model: 'spread', messages: [{ role: 'user', content: content as string }], max_tokens: 1 },
      headers,
    });
    void spread.enter(x);
    return x.plan.targets.map(({ model }) => model);
  };
  t.strictSame(planned('x'.repeat(2_000)).sort(), ['able', 'blind'], 'too long for one');
  const image = [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }];
  t.strictSame(planned(image).sort(), ['able', 'small'], 'an image that one cannot see');
  t.equal(planned('x'.repeat(2_000_000)).length, 3, 'where nobody can, the provider says why');
  const session = { 'x-sluice-session': 'conversation-7' };
  const firsts = new Set(Array.from({ length: 20 }, () => planned('x', session)[0]));
  t.equal(firsts.size, 1, 'one session, one target');
  const [favourite = ''] = firsts;
  const provider = group.spread?.targets.find(({ model }) => model === favourite)?.provider ?? '';
  deps.states.of({ provider, model: favourite }).came('limited', 60_000);
  t.not(planned('x', session)[0], favourite, 'the next one of its own order');
  t.equal(planned('x', session).at(-1), favourite);
});
