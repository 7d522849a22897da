import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** Known by `Q~` at its fifth place. */
export const azureClientSecret = recogniser({
  id: 'azure_client_secret',
  group: 'secret',
  called: 'an Azure AD client secret',
  forms: [
    {
      anchor: { kind: 'char', char: '~', before: '[A-Za-z0-9_~.-]', max: 5 },
      pattern: '[A-Za-z0-9_~.]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: [
      'client_secret=‹bP88Q~rcBcYj·zzOhg1Hnn76Wm3jGgakZiZ.8vMgR›',
      '"CLIENT_SECRET": "‹YYz7Q~Sudoqwap1·PnzEBA3zqBK~i5uesDIv.CaB8›"',
    ],
    ignored: ['~/.config', 'abc1Q~short'],
  },
});
