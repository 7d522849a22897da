import { vendorToken } from './vendor-token.ts';

export const dockerToken = vendorToken({
  id: 'docker_token',
  called: 'a Docker access token',
  prefixes: ['dckr_pat_', 'dckr_oat_'],
  pattern: '(?:dckr_pat_|dckr_oat_)[A-Za-z0-9_-]{27}',
  tail: '[A-Za-z0-9_-]',
  found: ['export API_TOKEN=‹dckr_pat_CD2T·aei8mCQDhzF3wA8LXmNutEqIJ6pw›'],
  ignored: ['dckr_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see dckr_pat_ in the docs'],
});
