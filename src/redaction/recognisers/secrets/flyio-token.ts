import { vendorToken } from './vendor-token.ts';

export const flyioToken = vendorToken({
  id: 'flyio_token',
  called: 'a Fly.io token',
  prefixes: ['fo1_', 'fm1r_', 'fm1a_', 'fm2_'],
  pattern: '(?:fo1_|fm1r_|fm1a_|fm2_)[A-Za-z0-9+/_-]{32}',
  tail: '[A-Za-z0-9+/=_,-]',
  found: ['{"token": "‹fo1_YQoB·r4GjCToWeq61sNuCmYSDZEx1heZnevoz3›"}'],
  ignored: ['fo1_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see fo1_ in the docs'],
});
