import { vendorToken } from './vendor-token.ts';

export const sentryToken = vendorToken({
  id: 'sentry_token',
  called: 'a Sentry token',
  prefixes: ['sntrys_', 'sntryu_', 'sntrya_', 'sntryi_'],
  pattern: '(?:sntrys_eyJ[A-Za-z0-9+/=]{40}|sntry[uai]_[a-f0-9]{64}(?![A-Za-z0-9]))',
  tail: '[A-Za-z0-9+/=_]',
  minEntropy: 3,
  found: ['{"token": "‹sntrys_eyJGMTR·l0Vg6R72RWGb5lfHSr94VGEC5Dmck4jqtDbAzndPj›"}'],
  ignored: ['sntrys_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see sntrys_ in the docs'],
});
