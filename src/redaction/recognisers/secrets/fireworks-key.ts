import { vendorToken } from './vendor-token.ts';

export const fireworksKey = vendorToken({
  id: 'fireworks_key',
  called: 'a Fireworks API key',
  prefixes: ['fw_'],
  pattern: 'fw_[A-Za-z0-9]{20,24}(?![A-Za-z0-9_])',
  minEntropy: 3.6,
  found: ['curl -H "x-api-key: ‹fw_3TXA·l0X11hUPaoo5968Y›"'],
  ignored: ['fw_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see fw_ in the docs'],
});
