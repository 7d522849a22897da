export { priceRoutes } from './rest/prices.ts';
export { usageRoutes } from './rest/usage.ts';
