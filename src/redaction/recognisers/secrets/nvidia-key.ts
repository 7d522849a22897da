import { vendorToken } from './vendor-token.ts';

export const nvidiaKey = vendorToken({
  id: 'nvidia_key',
  called: 'an NVIDIA API key',
  prefixes: ['nvapi-'],
  pattern: 'nvapi-[A-Za-z0-9_-]{60}',
  tail: '[A-Za-z0-9_-]',
  found: ['{"token": "‹nvapi-xL2N·v0oRBhkno5vZECBR6x8NQYgAuaQam0UXxxIFvDdYjf9sSTGO33ZycTyG4Dila›"}'],
  ignored: ['nvapi-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see nvapi- in the docs'],
});
