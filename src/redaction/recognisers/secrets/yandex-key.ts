import { vendorToken } from './vendor-token.ts';

export const yandexKey = vendorToken({
  id: 'yandex_key',
  called: 'a Yandex Cloud key',
  prefixes: ['AQVN', 'YC'],
  pattern: '(?:AQVN|YC)[A-Za-z0-9_-]{36}(?:[A-Za-z0-9_-]{1,3})?(?![A-Za-z0-9_-])',
  minEntropy: 4,
  found: ["token: '‹AQVNOjCh·yDh34DPulBGWHGdAmYM53fO0sDVTIJQA›'"],
  ignored: ['AQVNxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see AQVN in the docs'],
});
