import { vendorToken } from './vendor-token.ts';

export const netlifyToken = vendorToken({
  id: 'netlify_token',
  called: 'a Netlify token',
  prefixes: ['nfp_', 'nfc_', 'nfo_', 'nfu_'],
  pattern: '(?:nfp_|nfc_|nfo_|nfu_)[A-Za-z0-9]{36}',
  tail: '[A-Za-z0-9_-]',
  found: ['export API_TOKEN=‹nfp_oGy5·svYffBCrEfJ6wAuIyL90nFzxvnWllhwXd5hyz›'],
  ignored: ['nfp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see nfp_ in the docs'],
});
