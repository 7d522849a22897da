import { vendorToken } from './vendor-token.ts';

export const posthogKey = vendorToken({
  id: 'posthog_key',
  called: 'a PostHog key',
  prefixes: ['phc_', 'phx_', 'phs_'],
  pattern: '(?:phc_|phx_|phs_)[A-Za-z0-9]{40}',
  tail: '[A-Za-z0-9]',
  found: ['Why does ‹phc_KTab·fk3ZVdWmf8I0JOuIGXnER8PiwXAnoGzYtznXSrHQk› not work?'],
  ignored: ['phc_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see phc_ in the docs'],
});
