import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** The id of the app, a bar, its secret. */
export const facebookAppToken = recogniser({
  id: 'facebook_app_token',
  group: 'secret',
  called: 'a Facebook app token',
  forms: [
    {
      anchor: { kind: 'char', char: '|', before: '[0-9]', max: 16 },
      pattern: '(?<![A-Za-z0-9])[0-9]{15,16}\\|[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: ['"‹911602140448729|·AY-lRJZq9BoDLobvAiP25L7RcMg›"'],
    ignored: ['123|abc', '| 123456789012345 | x |'],
  },
});
