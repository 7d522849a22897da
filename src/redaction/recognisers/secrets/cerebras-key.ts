import { vendorToken } from './vendor-token.ts';

export const cerebrasKey = vendorToken({
  id: 'cerebras_key',
  called: 'a Cerebras API key',
  prefixes: ['csk-'],
  pattern: 'csk-[a-z0-9]{40}',
  tail: '[a-z0-9]',
  found: ["token: '‹csk-a905·u5da7af7v3figwtsyuzhpk3ijtc62518oidx8udxr›'"],
  ignored: ['csk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see csk- in the docs'],
});
