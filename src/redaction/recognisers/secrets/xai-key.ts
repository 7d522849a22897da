import { vendorToken } from './vendor-token.ts';

export const xaiKey = vendorToken({
  id: 'xai_key',
  called: 'an xAI API key',
  prefixes: ['xai-'],
  pattern: 'xai-[A-Za-z0-9]{70}',
  tail: '[A-Za-z0-9]',
  found: [
    'export API_TOKEN=‹xai-h6j0·wAbfstRbVs27CHDi5sVMzX0bRBdd9X40iZprCYKyV8XuSiLEYCbvBCteA0YLG8Sy46qpzAA›',
  ],
  ignored: ['xai-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see xai- in the docs'],
});
