import { vendorToken } from './vendor-token.ts';

export const dopplerToken = vendorToken({
  id: 'doppler_token',
  called: 'a Doppler token',
  prefixes: ['dp.pt.', 'dp.ct.', 'dp.st.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
  pattern:
    '(?:dp\\.pt\\.|dp\\.ct\\.|dp\\.st\\.|dp\\.sa\\.|dp\\.scim\\.|dp\\.audit\\.)(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}(?![A-Za-z0-9])',
  found: ['Why does ‹dp.pt.yhyu·oZdnV08AdeRw8bstNBzp1HfL5JXPcgBJLeYo› not work?'],
  ignored: ['dp.pt.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see dp.pt. in the docs'],
});
