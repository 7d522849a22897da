import { vendorToken } from './vendor-token.ts';

export const postmanKey = vendorToken({
  id: 'postman_key',
  called: 'a Postman API key',
  prefixes: ['PMAK-'],
  pattern: 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}(?![A-Za-z0-9])',
  found: ['Why does ‹PMAK-ce61·05f13a934ce8b382688f-35bef934f030f294d86b9a2b228f999e1a› not work?'],
  ignored: ['PMAK-0000000000000000000000000000000000000000', 'see PMAK- in the docs'],
});
