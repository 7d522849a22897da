import { vendorToken } from './vendor-token.ts';

export const cloudflareOriginKey = vendorToken({
  id: 'cloudflare_origin_key',
  called: 'a Cloudflare origin CA key',
  prefixes: ['v1.0-'],
  pattern: 'v1\\.0-[a-f0-9]{24}-[a-f0-9]{60}',
  tail: '[a-f0-9]',
  found: [
    'curl -H "x-api-key: ‹v1.0-97a6·22b4da22c9f2d2ca2e8f-bcbd272eb3387d8a5e4060bd12710e9431435e751588154ba6dc6070c4395ace1›"',
  ],
  ignored: ['v1.0-0000000000000000000000000000000000000000', 'see v1.0- in the docs'],
});
