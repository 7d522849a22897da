import { vendorToken } from './vendor-token.ts';

export const circleciToken = vendorToken({
  id: 'circleci_token',
  called: 'a CircleCI token',
  prefixes: ['CCIPAT_', 'CCIPRJ_'],
  pattern: '(?:CCIPAT_|CCIPRJ_)[A-Za-z0-9]{22}_[A-Fa-f0-9]{40}(?![A-Za-z0-9])',
  found: ['Why does ‹CCIPAT_Tlfv·o2q0jPHvotDimdBZnB_83CA3DCfF96B67bddCe9cCA0AFAF53e9510AD2eF› not work?'],
  ignored: ['CCIPAT_0000000000000000000000000000000000000000', 'see CCIPAT_ in the docs'],
});
