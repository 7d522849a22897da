import { vendorToken } from './vendor-token.ts';

export const twitterBearerToken = vendorToken({
  id: 'twitter_bearer_token',
  called: 'a Twitter bearer token',
  prefixes: ['AAAAAAAAAAAAAAAAAAAAA'],
  pattern: 'AAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{60}',
  tail: '[A-Za-z0-9%]',
  minEntropy: 3,
  found: [
    '{"token": "‹AAAAAAAAAAAAAAAAAAAAASW7I·mbJJPOQkT7BBxOzpmEkUkjTV0vFnu7Nuxecs3XZaLoeO41wIjjHBkla9vILlR›"}',
  ],
  ignored: [
    'AAAAAAAAAAAAAAAAAAAAAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'see AAAAAAAAAAAAAAAAAAAAA in the docs',
  ],
});
