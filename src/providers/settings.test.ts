import t from 'tap';
import { defaultProviders, providersSettings } from './settings.ts';

t.test('settings: defaults without a file, strictness', async (t) => {
  t.strictSame(Object.keys(providersSettings.parse(defaultProviders({}))), ['simulated']);
  const all = {
    OPENAI_API_KEY: 'a',
    ANTHROPIC_API_KEY: 'b',
    GROQ_API_KEY: '',
    SLUICE_COMPATIBLE_URL: 'http://127.0.0.1:11434/v1',
    SLUICE_COMPATIBLE_KEY: 'c',
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
