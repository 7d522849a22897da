import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** Known by `.atlasv1.` in its middle. */
export const terraformToken = recogniser({
  id: 'terraform_token',
  group: 'secret',
  called: 'a Terraform token',
  forms: [
    {
      anchor: { kind: 'char', char: '.', before: '[A-Za-z0-9]', max: 14 },
      pattern: '(?<![A-Za-z0-9])[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9=_-]{60,70}(?![A-Za-z0-9=_-])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: [
      'token = "‹90db692b51ca09·.atlasv1.3dx90xdr7ceten7ggo8ymm7p=l990g=w31gkl9z6vk8-2wu9ux01u-p=8ny9q›"',
    ],
    ignored: ['something.atlasv1.short'],
  },
});
