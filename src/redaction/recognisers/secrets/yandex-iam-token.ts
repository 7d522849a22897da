import { vendorToken } from './vendor-token.ts';

export const yandexIamToken = vendorToken({
  id: 'yandex_iam_token',
  called: 'a Yandex IAM token',
  prefixes: ['t1.'],
  pattern: 't1\\.[A-Za-z0-9_-]{4,24}={0,2}\\.[A-Za-z0-9_-]{80}',
  tail: '[A-Za-z0-9_=-]',
  found: [
    'curl -H "x-api-key: ‹t1.fFw5·rj0=.KxcKRImfCD33DKPAUe0VvJEkw546v9E5F9vI6qHN0UGq9t67zQHsT1CGspIu7XW3yZw7KeStaTU6m011yyDr4›"',
  ],
  ignored: ['t1.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see t1. in the docs'],
});
