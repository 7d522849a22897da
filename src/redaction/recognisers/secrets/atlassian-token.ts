import { vendorToken } from './vendor-token.ts';

export const atlassianToken = vendorToken({
  id: 'atlassian_token',
  called: 'an Atlassian API token',
  prefixes: ['ATATT3', 'ATCTT3', 'ATSTT3', 'ATBB'],
  pattern: '(?:ATATT3|ATCTT3|ATSTT3|ATBB)[A-Za-z0-9_=-]{28}',
  tail: '[A-Za-z0-9_=-]',
  found: ['export API_TOKEN=‹ATATT38MQb·DsoLqNXIVx30soXyqUnK2wb3qRxkw›'],
  ignored: ['ATATT3xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see ATATT3 in the docs'],
});
