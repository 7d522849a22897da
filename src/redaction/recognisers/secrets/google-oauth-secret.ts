import { vendorToken } from './vendor-token.ts';

export const googleOauthSecret = vendorToken({
  id: 'google_oauth_secret',
  called: 'a Google OAuth client secret',
  prefixes: ['GOCSPX-'],
  pattern: 'GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9])',
  found: ["token: '‹GOCSPX-XrC4·fozt32jmuEAfa49TAYynlC5l›'"],
  ignored: ['GOCSPX-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see GOCSPX- in the docs'],
});
