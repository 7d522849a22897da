import { vendorToken } from './vendor-token.ts';

export const scalingoToken = vendorToken({
  id: 'scalingo_token',
  called: 'a Scalingo token',
  prefixes: ['tk-us-', 'tk-fr-', 'tk-eu-'],
  pattern: '(?:tk-us-|tk-fr-|tk-eu-)[A-Za-z0-9_-]{48}(?![A-Za-z0-9_-])',
  found: ['{"token": "‹tk-us-OmZd·aKZ1B2eZnqru2VGd2JI94g2llff7b5Da2FmHPhDgk7S8›"}'],
  ignored: ['tk-us-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see tk-us- in the docs'],
});
