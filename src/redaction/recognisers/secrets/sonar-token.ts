import { vendorToken } from './vendor-token.ts';

export const sonarToken = vendorToken({
  id: 'sonar_token',
  called: 'a SonarQube token',
  prefixes: ['squ_', 'sqp_', 'sqa_'],
  pattern: '(?:squ_|sqp_|sqa_)[a-f0-9]{40}(?![A-Za-z0-9])',
  found: ['Why does ‹squ_f67e·f390c1a695847e73d1d7fedbc23de284baad› not work?'],
  ignored: ['squ_0000000000000000000000000000000000000000', 'see squ_ in the docs'],
});
