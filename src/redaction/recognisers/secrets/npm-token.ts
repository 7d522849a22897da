import { vendorToken } from './vendor-token.ts';

export const npmToken = vendorToken({
  id: 'npm_token',
  called: 'an npm token',
  prefixes: ['npm_'],
  pattern: 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])',
  found: ['_authToken=‹npm_·8nsqdtzofgvre741nwet6t18um0zq639lb7l›'],
  ignored: ['npm_config_registry', 'npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
});
