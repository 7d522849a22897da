import { vendorToken } from './vendor-token.ts';

export const definedNetworkingToken = vendorToken({
  id: 'defined_networking_token',
  called: 'a Defined Networking token',
  prefixes: ['dnkey-'],
  pattern: 'dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}',
  found: [
    "token: '‹dnkey-1TgW·viCmaNb79mS2g2uDxtbOOj-RbuwvfF5ipX8xcQJRufOP4avY3HNbGVLLEg1cIIEuZTNC4UqZJd7›'",
  ],
  ignored: ['dnkey-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see dnkey- in the docs'],
});
