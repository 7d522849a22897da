import { vendorToken } from './vendor-token.ts';

export const jwtBase64 = vendorToken({
  id: 'jwt_base64',
  called: 'a JSON web token in base64',
  prefixes: ['ZXlK'],
  pattern: 'ZXlK[A-Za-z0-9+/]{40}',
  tail: '[A-Za-z0-9+/=]',
  minEntropy: 4,
  found: ['{"token": "‹ZXlK6JQN·6eM366VCirnY6HXEztYKc8Nyiz64TMKUXqpkveXmL›"}'],
  ignored: ['ZXlKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see ZXlK in the docs'],
});
