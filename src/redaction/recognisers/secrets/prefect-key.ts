import { vendorToken } from './vendor-token.ts';

export const prefectKey = vendorToken({
  id: 'prefect_key',
  called: 'a Prefect API key',
  prefixes: ['pnu_', 'pnb_'],
  pattern: '(?:pnu_|pnb_)[A-Za-z0-9]{36}(?![A-Za-z0-9])',
  found: ["token: '‹pnu_jjE8·TrscP08wNvtynAOR9AezXXkvKlfw8dNh›'"],
  ignored: ['pnu_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pnu_ in the docs'],
});
