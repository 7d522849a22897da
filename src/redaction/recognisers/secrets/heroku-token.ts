import { vendorToken } from './vendor-token.ts';

export const herokuToken = vendorToken({
  id: 'heroku_token',
  called: 'a Heroku token',
  prefixes: ['HRKU-'],
  pattern: 'HRKU-[A-Za-z0-9_-]{40}',
  tail: '[A-Za-z0-9_-]',
  found: ['curl -H "x-api-key: ‹HRKU-DMcS·tBUSzcZRPO4Lo39G6TeilkcWjcybHmhc4TFbsPfLR›"'],
  ignored: ['HRKU-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see HRKU- in the docs'],
});
