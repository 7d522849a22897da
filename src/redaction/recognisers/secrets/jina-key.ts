import { vendorToken } from './vendor-token.ts';

export const jinaKey = vendorToken({
  id: 'jina_key',
  called: 'a Jina API key',
  prefixes: ['jina_'],
  pattern: 'jina_[A-Za-z0-9]{40}',
  tail: '[A-Za-z0-9_-]',
  found: ['export API_TOKEN=‹jina_BUxG·fA6wLvQTEo7wcccTmAjbFmkEWVWHF9fmLQzaYkRAI›'],
  ignored: ['jina_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see jina_ in the docs'],
});
