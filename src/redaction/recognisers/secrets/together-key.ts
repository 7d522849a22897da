import { vendorToken } from './vendor-token.ts';

export const togetherKey = vendorToken({
  id: 'together_key',
  called: 'a Together AI key',
  prefixes: ['tgp_v1_'],
  pattern: 'tgp_v1_[A-Za-z0-9_-]{43}',
  tail: '[A-Za-z0-9_-]',
  found: ['{"token": "‹tgp_v1_DVAb·hymNSJ2RNq9KBRz2QtKSZitnQ0HCd2VBmqRkOKzkWciw›"}'],
  ignored: ['tgp_v1_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see tgp_v1_ in the docs'],
});
