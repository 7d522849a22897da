import { vendorToken } from './vendor-token.ts';

export const ageSecretKey = vendorToken({
  id: 'age_secret_key',
  called: 'an age secret key',
  prefixes: ['AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-PQ-1'],
  pattern: '(?:AGE-SECRET-KEY-1|AGE-SECRET-KEY-PQ-1)[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}',
  tail: '[A-Z0-9]',
  unmistakable: true,
  found: [
    'curl -H "x-api-key: ‹AGE-SECRET-KEY-142R4·L6JK3ARMMN6T0NZK2PZMD03T6PLTW6E895L8JXTPT3NLG6W5C3FFTYJNH5F›"',
  ],
  ignored: ['see AGE-SECRET-KEY-1 in the docs', 'AGE-SECRET-KEY-1xxxxxxxxxxxxxxxxxxxxxxxxxxx'],
});
