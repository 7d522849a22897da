import { vendorToken } from './vendor-token.ts';

export const pineconeKey = vendorToken({
  id: 'pinecone_key',
  called: 'a Pinecone API key',
  prefixes: ['pcsk_'],
  pattern: 'pcsk_[A-Za-z0-9_]{40}',
  tail: '[A-Za-z0-9_]',
  found: ['export API_TOKEN=‹pcsk_6vH7·KgIfEortWS45NQM6o1AdimC4t7He7F8QSBubsJgE3›'],
  ignored: ['pcsk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see pcsk_ in the docs'],
});
