import { vendorToken } from './vendor-token.ts';

export const supabaseKey = vendorToken({
  id: 'supabase_key',
  called: 'a Supabase key',
  prefixes: ['sbp_', 'sb_secret_'],
  pattern: '(?:sbp_|sb_secret_)[A-Za-z0-9_-]{31,40}',
  tail: '[A-Za-z0-9_-]',
  found: ["token: '‹sbp_aQ9I·TvS0Nns4ilF0CqhuqPCMQO2AUNu9OJuQ›'"],
  ignored: ['sbp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see sbp_ in the docs'],
});
