import { vendorToken } from './vendor-token.ts';

export const vercelToken = vendorToken({
  id: 'vercel_token',
  called: 'a Vercel token',
  prefixes: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'],
  pattern: '(?:vcp_|vci_|vca_|vcr_|vck_)[A-Za-z0-9]{24}',
  tail: '[A-Za-z0-9]',
  found: ["token: '‹vcp_naVx·EyDMNDg6pw1Ik6eBBmP4u0NVN›'"],
  ignored: ['vcp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see vcp_ in the docs'],
});
