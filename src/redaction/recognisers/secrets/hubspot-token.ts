import { vendorToken } from './vendor-token.ts';

export const hubspotToken = vendorToken({
  id: 'hubspot_token',
  called: 'a HubSpot private app token',
  prefixes: ['pat-na1-', 'pat-eu1-', 'pat-na2-', 'pat-ap1-'],
  pattern:
    '(?:pat-na1-|pat-eu1-|pat-na2-|pat-ap1-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9])',
  found: ['{"token": "‹pat-na1-f738·a516-5a0a-b982-f13c-c3771a759b2f›"}'],
  ignored: ['pat-na1-0000000000000000000000000000000000000000', 'see pat-na1- in the docs'],
});
