import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** 32 hexadecimal digits and the data centre. */
export const mailchimpKey = recogniser({
  id: 'mailchimp_key',
  group: 'secret',
  called: 'a Mailchimp API key',
  forms: [
    {
      anchor: { kind: 'char', char: '-', before: '[a-f0-9]', max: 32 },
      pattern: '(?<![A-Za-z0-9])[a-f0-9]{32}-us\\d{1,2}(?![A-Za-z0-9])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: ['mailchimp: ‹0145272bc558·9d9385c08cc6f3cdf2de-us20›'],
    ignored: ['0123-us1', 'us-east-1'],
  },
});
