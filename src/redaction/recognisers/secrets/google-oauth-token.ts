import { vendorToken } from './vendor-token.ts';

export const googleOauthToken = vendorToken({
  id: 'google_oauth_token',
  called: 'a Google OAuth token',
  prefixes: ['ya29.'],
  pattern: 'ya29\\.[A-Za-z0-9_-]{24}',
  tail: '[A-Za-z0-9._-]',
  found: ['{"token": "‹ya29.pnAd·dt875iSg0GzJf8lDMy1SD4EKs›"}'],
  ignored: ['ya29.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see ya29. in the docs'],
});
