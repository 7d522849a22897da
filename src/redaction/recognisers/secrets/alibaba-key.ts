import { vendorToken } from './vendor-token.ts';

export const alibabaKey = vendorToken({
  id: 'alibaba_key',
  called: 'an Alibaba Cloud access key id',
  prefixes: ['LTAI'],
  pattern: 'LTAI[A-Za-z0-9]{12,26}(?![A-Za-z0-9])',
  found: ['curl -H "x-api-key: ‹LTAIna2U·aUstQo61›"'],
  ignored: ['LTAIxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see LTAI in the docs'],
});
