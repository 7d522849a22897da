import { vendorToken } from './vendor-token.ts';

export const authressKey = vendorToken({
  id: 'authress_key',
  called: 'an Authress access key',
  prefixes: ['sc_', 'ext_', 'scauth_', 'authress_'],
  pattern:
    '(?:sc_|ext_|scauth_|authress_)[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[A-Za-z0-9+/_=-]{24}',
  tail: '[A-Za-z0-9+/_=-]',
  found: ['Why does ‹sc_pgql·0.kokg.acc_rpag628tix.4uzbB8A2VeS81y3ODYG9Y28vml6Nw› not work?'],
  ignored: ['sc_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see sc_ in the docs'],
});
