import { recogniser } from '../../recogniser.ts';

const ENDINGS =
  'com|org|net|edu|gov|info|biz|io|co|ai|app|dev|me|tv|eu|uk|de|fr|es|it|nl|be|ch|at|se|no|dk|fi|pl|cz|pt|gr|ie|ru|ua|cn|jp|kr|in|au|nz|ca|us|mx|br|ar|cl|za|tr|il|sg|hk|tw';

/** The name of a host with a top-level domain that is in common use. */
export const domain = recogniser({
  id: 'domain',
  group: 'quasi_identifier',
  called: 'a domain name',
  forms: [
    {
      anchor: {
        kind: 'inner',
        texts: ENDINGS.split('|').map((ending) => `.${ending}`),
        before: '[A-Za-z0-9.-]',
        max: 80,
      },
      pattern: `(?<![\\w@./%-])[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:\\.[A-Za-z0-9-]{1,30}){0,2}\\.(?:${ENDINGS})(?![\\w-]|\\.\\w|\\()`,
      check: (value) => /[A-Za-z]{2}/.test(value) && !/^(?:this|self|e|i)\./.test(value),
    },
  ],
  canonical: (value) => value.toLowerCase(),
  examples: {
    found: ['on ‹example.com›.', 'at ‹mail.example.co.uk›, that'],
    ignored: ['node.js', 'a@example.com', 'console.info(x)', '3.14', 'this.me'],
  },
});
