import { vendorToken } from './vendor-token.ts';

export const settlemintToken = vendorToken({
  id: 'settlemint_token',
  called: 'a SettleMint token',
  prefixes: ['sm_pat_', 'sm_aat_', 'sm_sat_'],
  pattern: '(?:sm_pat_|sm_aat_|sm_sat_)[A-Za-z0-9]{16}(?![A-Za-z0-9])',
  found: ['export API_TOKEN=‹sm_pat_nWOO·zsvMA8f4OPOe›'],
  ignored: ['sm_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see sm_pat_ in the docs'],
});
