import { vendorToken } from './vendor-token.ts';

export const perplexityKey = vendorToken({
  id: 'perplexity_key',
  called: 'a Perplexity API key',
  prefixes: ['pplx-'],
  pattern: 'pplx-[A-Za-z0-9]{40}',
  tail: '[A-Za-z0-9]',
  found: ['export API_TOKEN=‹pplx-8hwb·hDXvRVYxS4L7zJ9kO8j8QYVKkqz9IEnK10Q5CilLx›'],
  ignored: ['pplx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pplx- in the docs'],
});
