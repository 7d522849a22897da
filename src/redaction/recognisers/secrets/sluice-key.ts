import { vendorToken } from './vendor-token.ts';

export const sluiceKey = vendorToken({
  id: 'sluice_key',
  called: 'a key of this gateway',
  prefixes: ['slk_', 'sla_'],
  pattern: 'sl[ka]_[A-Za-z0-9_-]{20}',
  tail: '[A-Za-z0-9_-]',
  found: ['Authorization: Bearer ‹slk_·q7Zk2mX9vB4nL8pR1tW6yC3d›', '‹sla_·q7Zk2mX9vB4nL8pR1tW6yC3d›'],
  ignored: ['slk_demo', 'slk_xxxxxxxxxxxxxxxxxxxxxxxx'],
});
