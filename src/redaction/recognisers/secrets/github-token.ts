import { vendorToken } from './vendor-token.ts';

export const githubToken = vendorToken({
  id: 'github_token',
  called: 'a GitHub token',
  prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  pattern: '(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30})',
  tail: '[A-Za-z0-9_]',
  found: [
    'GITHUB_TOKEN=‹ghp_·5a7d9146lligyu6y0przvs2ii06t9u9nmnsw›',
    '‹github_pat_·hw9408s1a7gbyjddmrksqjdsn8cw2g9o9yp6sdyy0u9daqm2ox8mms›,',
  ],
  ignored: [
    'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'ghp_short',
    'Xghp_5a7d9146lligyu6y0przvs2ii06t9u9nmnsw',
  ],
});
