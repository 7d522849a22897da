import { vendorToken } from './vendor-token.ts';

export const notionToken = vendorToken({
  id: 'notion_token',
  called: 'a Notion token',
  prefixes: ['ntn_', 'secret_'],
  pattern: '(?:ntn_|secret_)[A-Za-z0-9]{43,46}(?![A-Za-z0-9])',
  minEntropy: 3.8,
  found: ['export API_TOKEN=‹ntn_0AR4·Wj6jdQPb7QHRgzAs1gUjHwhgClDZVKKIOrFrh8T›'],
  ignored: ['ntn_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see ntn_ in the docs'],
});
