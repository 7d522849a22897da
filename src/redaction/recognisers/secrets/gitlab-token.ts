import { vendorToken } from './vendor-token.ts';

export const gitlabToken = vendorToken({
  id: 'gitlab_token',
  called: 'a GitLab token',
  prefixes: [
    'glpat-',
    'gldt-',
    'glrt-',
    'glptt-',
    'glcbt-',
    'glffct-',
    'glft-',
    'glimt-',
    'glagent-',
    'gloas-',
    'glsoat-',
    'GR1348941',
  ],
  pattern: '(?:gl(?:pat|dt|rt|ptt|cbt|ffct|ft|imt|agent|oas|soat)-|GR1348941)[A-Za-z0-9_-]{20}',
  tail: '[A-Za-z0-9_.-]',
  found: ['"‹glpat-·7h7aynu0xgj1qq81xrzn›"', '‹glpat-·x994qtwziho2kgn6zv9dkyafj41.eqxfcyz7s›'],
  ignored: ['glpat-XXXXXXXXXXX-XXXXXXXX', 'glpat-short'],
});
