import { vendorToken } from './vendor-token.ts';

export const harnessKey = vendorToken({
  id: 'harness_key',
  called: 'a Harness API key',
  prefixes: ['pat.', 'sat.'],
  pattern: '(?:pat\\.|sat\\.)[A-Za-z0-9_-]{22}\\.[0-9a-z]{24}\\.[0-9a-zA-Z]{20}(?![A-Za-z0-9])',
  found: ['{"token": "‹pat.jcmm·uQFHx7V8BwV0c4ICmd.rfm7ckpkr5ym1ggxyc6zm5n9.Fw4LGpzhfaCA8ny7hPxs›"}'],
  ignored: ['pat.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pat. in the docs'],
});
