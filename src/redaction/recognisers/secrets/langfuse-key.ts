import { vendorToken } from './vendor-token.ts';

export const langfuseKey = vendorToken({
  id: 'langfuse_key',
  called: 'a Langfuse key',
  prefixes: ['sk-lf-', 'pk-lf-'],
  pattern: '(?:sk-lf-|pk-lf-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9])',
  found: ['curl -H "x-api-key: ‹sk-lf-85df·c8de-e5d0-21d0-24bd-dcde30b07fbf›"'],
  ignored: ['sk-lf-0000000000000000000000000000000000000000', 'see sk-lf- in the docs'],
});
