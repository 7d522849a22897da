import { vendorToken } from './vendor-token.ts';

export const readmeKey = vendorToken({
  id: 'readme_key',
  called: 'a ReadMe API key',
  prefixes: ['rdme_'],
  pattern: 'rdme_[a-z0-9]{70}(?![A-Za-z0-9])',
  found: [
    'Why does ‹rdme_5mc4·4oltlwrzlzuxu1sfwiatb79ru11x3iyxcr1m73849kc0nolx2073atq26maalw6xki› not work?',
  ],
  ignored: ['rdme_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see rdme_ in the docs'],
});
