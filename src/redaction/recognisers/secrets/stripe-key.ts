import { vendorToken } from './vendor-token.ts';

export const stripeKey = vendorToken({
  id: 'stripe_key',
  called: 'a Stripe secret key',
  prefixes: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
  pattern: '(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16}',
  tail: '[A-Za-z0-9_]',
  found: ['stripe: ‹sk_live_·51Hq8zKJ2eZvKYlo2C9bTq7Xw›;'],
  ignored: [
    'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx',
    'pk_live_51Hq8zKJ2eZvKYlo2C9bTq7Xw',
    'task_live_51Hq8zKJ2eZvKYlo2C9bTq7Xw',
  ],
});
