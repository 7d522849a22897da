import { vendorToken } from './vendor-token.ts';

export const sendgridKey = vendorToken({
  id: 'sendgrid_key',
  called: 'a SendGrid API key',
  prefixes: ['SG.'],
  pattern: 'SG\\.[A-Za-z0-9=_.-]{40}',
  tail: '[A-Za-z0-9=_.-]',
  found: ['‹SG.·z8fe8b2hwyWwylah3xm2aa.brwmftoo5xcr5QnamzhrR65k9mle_ieiqo7rmb8qXyZ›'],
  ignored: ['SG.short.short', 'MSG.z8fe8b2hwyWwylah3xm2aa.brwmftoo5xcr5QnamzhrR65k9mle'],
});
