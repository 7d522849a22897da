import { vendorToken } from './vendor-token.ts';

export const linearKey = vendorToken({
  id: 'linear_key',
  called: 'a Linear API key',
  prefixes: ['lin_api_', 'lin_oauth_'],
  pattern: '(?:lin_api_|lin_oauth_)[A-Za-z0-9]{40}',
  tail: '[A-Za-z0-9]',
  found: ["token: '‹lin_api_wI6M·iRhqBRhNE89LlAUmafMDX2c24kC2WBCFy8SOhumFo›'"],
  ignored: ['lin_api_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see lin_api_ in the docs'],
});
