import { vendorToken } from './vendor-token.ts';

export const awsMwsKey = vendorToken({
  id: 'aws_mws_key',
  called: 'an Amazon MWS token',
  prefixes: ['amzn.mws.', 'amzn1.mws.'],
  pattern:
    '(?:amzn\\.mws\\.|amzn1\\.mws\\.)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9])',
  found: ['{"token": "‹amzn.mws.7ac8·4538-bda7-2190-793f-d8e56804a34b›"}'],
  ignored: ['amzn.mws.0000000000000000000000000000000000000000', 'see amzn.mws. in the docs'],
});
