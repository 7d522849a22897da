import t from 'tap';
import { defaultProviders, providersSettings } from './settings.ts';

t.test('settings: defaults without a file, strictness', async (t) => {
  const none = {
    openaiApiKey: undefined,
    anthropicApiKey: undefined,
    compatibleUrl: undefined,
    compatibleApiKey: undefined,
  };
  t.strictSame(Object.keys(providersSettings.parse(defaultProviders(none))), ['simulated']);
  const all = {
    openaiApiKey: 'a',
    anthropicApiKey: 'b',
    compatibleUrl: 'http://127.0.0.1:11434/v1',
    compatibleApiKey: 'c',
  };
  const parsed = providersSettings.parse(defaultProviders(all));
  t.strictSame(Object.keys(parsed), ['openai', 'anthropic', 'compatible', 'simulated']);
  const refused = [
    { x: { kind: 'openia' } },
    { x: { kind: 'openai' } },
    { x: { kind: 'simulated', latency: 1 } },
    { 'a/b': { kind: 'simulated' } },
    { x: { kind: 'openai-compatible', base_url: 'ftp://host/' } },
    { x: { kind: 'openai-compatible', base_url: 'http://host/v1?key=1' } },
    { x: { kind: 'openai', api_key: 'with\nnewline' } },
    { x: { kind: 'openai', api_key: 'k', headers: { Host: 'x' } } },
    { x: { kind: 'openai', api_key: 'k', headers: { 'content-length': '1' } } },
    { x: { kind: 'openai-compatible', base_url: 'http://h/v1', operations: ['models'] } },
  ];
  for (const bad of refused) t.notOk(providersSettings.safeParse(bad).success, JSON.stringify(bad));
});
