import { vendorToken } from './vendor-token.ts';

export const groqKey = vendorToken({
  id: 'groq_key',
  called: 'a Groq API key',
  prefixes: ['gsk_'],
  pattern: 'gsk_[A-Za-z0-9]{40}',
  tail: '[A-Za-z0-9]',
  found: ["token: '‹gsk_gPC1·u1D4ZEgEFhKZGEHuZVPvVHN7hsxMfOeRoAO3DzWGz›'"],
  ignored: ['gsk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see gsk_ in the docs'],
});
