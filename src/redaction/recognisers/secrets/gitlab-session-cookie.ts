import { vendorToken } from './vendor-token.ts';

export const gitlabSessionCookie = vendorToken({
  id: 'gitlab_session_cookie',
  called: 'a GitLab session cookie',
  prefixes: ['_gitlab_session='],
  pattern: '_gitlab_session=[0-9a-z]{32}(?![A-Za-z0-9])',
  found: ['Why does ‹_gitlab_session=14yy·etoafnbfm2d0y97rs6df9xpz38jn› not work?'],
  ignored: ['_gitlab_session=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see _gitlab_session= in the docs'],
});
