import { vendorToken } from './vendor-token.ts';

export const contentfulToken = vendorToken({
  id: 'contentful_token',
  called: 'a Contentful token',
  prefixes: ['CFPAT-'],
  pattern: 'CFPAT-[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])',
  found: ['Why does ‹CFPAT-tHDB·NJP6gT6aLcJn6v7DD267WiW6QMAm2n8YuZnRvc6› not work?'],
  ignored: ['CFPAT-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see CFPAT- in the docs'],
});
