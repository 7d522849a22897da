import { recogniser } from '../../recogniser.ts';
import { looksRandom } from './vendor-token.ts';

const NAME = '[aA]uthorization|AUTHORIZATION|[xX]-(?:[aA]pi|[aA]uth)-(?:[kK]ey|[tT]oken)';
const SCHEME = '(?:[A-Za-z]{3,12}(?:-[A-Za-z]{2,8})?\\s{1,2})?';

/** The credential of an HTTP request: `Authorization: Bearer …`, `x-api-key: …`. */
export const authorizationHeader = recogniser({
  id: 'authorization_header',
  group: 'secret',
  called: 'the credential of an HTTP header',
  forms: [
    {
      anchor: { kind: 'text', texts: ['authorization', 'x-api-key', 'x-auth-'], ignoreCase: true },
      pattern: `(?:${NAME})["']{0,2}\\s{0,2}[:=,]\\s{0,3}["']?${SCHEME}[A-Za-z0-9_.=~+/:@-]{8,40}`,
      tail: '[A-Za-z0-9_.=~+/:@-]',
      check: (text) => {
        const value = /[A-Za-z0-9_.=~+/:@-]{8,40}$/.exec(text)?.[0] ?? '';
        if (!looksRandom(value) || !/\d/.test(value))
          return /(?:basic)\s+[A-Za-z0-9+/=]{8,}$/i.test(text) && [text.length - value.length, text.length];
        return [text.length - value.length, text.length];
      },
    },
    {
      anchor: { kind: 'text', texts: ['bearer '], ignoreCase: true },
      pattern: '(?<![A-Za-z])(?:[bB]earer|BEARER)\\s{1,2}[A-Za-z0-9_.=~+/-]{20,40}',
      tail: '[A-Za-z0-9_.=~+/-]',
      check: (text) => {
        const value = /[A-Za-z0-9_.=~+/-]{20,40}$/.exec(text)?.[0] ?? '';
        return looksRandom(value) && /\d/.test(value) && [text.length - value.length, text.length];
      },
    },
  ],
  examples: {
    found: [
      'curl -H "Authorization: Bearer ‹cfcabd11c7ed·9a41b1a3e063c32d5114›"',
      "--header 'Authorization:  ‹5eb4223e-5008·-46e5-be67-c7b8f2732305›'",
      "-H 'Authorization: Basic ‹YnJvd3·Nlcjo=›'",
      'x-api-key: ‹9aT2kQ7m·Z4xW1vB8nR5c›',
      '{"Authorization": "Bearer ‹jC+6TUUjCNHc·VtAXpcqBCgxnA8r+qD6M›"}',
    ],
    ignored: [
      'Authorization: Bearer ${TOKEN}',
      'Authorization: Bearer <token>',
      'the authorization header is required',
      'Authorization: Bearer xxxxxxxxxxxxxxxxxxxxxxxx',
      'a bearer of good news',
    ],
  },
});
