import { vendorToken } from './vendor-token.ts';

export const pulumiToken = vendorToken({
  id: 'pulumi_token',
  called: 'a Pulumi token',
  prefixes: ['pul-'],
  pattern: 'pul-[a-f0-9]{40}(?![A-Za-z0-9])',
  found: ['{"token": "‹pul-4189·e834b0793fd942ada5a178f59a6e8ced8407›"}'],
  ignored: ['pul-0000000000000000000000000000000000000000', 'see pul- in the docs'],
});
