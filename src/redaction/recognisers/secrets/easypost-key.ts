import { vendorToken } from './vendor-token.ts';

export const easypostKey = vendorToken({
  id: 'easypost_key',
  called: 'an EasyPost API key',
  prefixes: ['EZAK', 'EZTK'],
  pattern: '(?:EZAK|EZTK)[A-Za-z0-9]{54}(?![A-Za-z0-9])',
  found: ["token: '‹EZAKpRQm·Con9EXMfGEAmafCsiZpyaGQJYrNCJ97wVGZ1BF8O9alnyDeTQB›'"],
  ignored: ['EZAKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see EZAK in the docs'],
});
