import { vendorToken } from './vendor-token.ts';

export const replicateToken = vendorToken({
  id: 'replicate_token',
  called: 'a Replicate token',
  prefixes: ['r8_'],
  pattern: 'r8_[A-Za-z0-9]{37}(?![A-Za-z0-9])',
  found: ['Why does ‹r8_DYbN·2f04a8EoX5GOu5TUrUzJ6FQEr1kidvEbH› not work?'],
  ignored: ['r8_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see r8_ in the docs'],
});
