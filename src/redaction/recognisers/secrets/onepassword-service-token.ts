import { vendorToken } from './vendor-token.ts';

export const onepasswordServiceToken = vendorToken({
  id: 'onepassword_service_token',
  called: 'a 1Password service account token',
  prefixes: ['ops_eyJ'],
  pattern: 'ops_eyJ[A-Za-z0-9+/]{32}',
  tail: '[A-Za-z0-9+/=]',
  found: ['curl -H "x-api-key: ‹ops_eyJclhY·SuNtIaG79bI3ITN5dX2VKlqjTFTDHtWk6›"'],
  ignored: ['ops_eyJxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see ops_eyJ in the docs'],
});
