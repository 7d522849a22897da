import { vendorToken } from './vendor-token.ts';

export const langsmithKey = vendorToken({
  id: 'langsmith_key',
  called: 'a LangSmith key',
  prefixes: ['lsv2_pt_', 'lsv2_sk_'],
  pattern: '(?:lsv2_pt_|lsv2_sk_)[a-f0-9]{32}_[a-f0-9]{10}(?![A-Za-z0-9])',
  found: ['{"token": "‹lsv2_pt_05d7·f9eb64ce60ac8cee1edfd14622b8_441873423a›"}'],
  ignored: ['lsv2_pt_0000000000000000000000000000000000000000', 'see lsv2_pt_ in the docs'],
});
