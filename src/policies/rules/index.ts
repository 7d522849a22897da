import { budgets } from './budgets.ts';
import { cache } from './cache.ts';
import { limits } from './limits.ts';
import { models } from './models.ts';
import { onDisconnect } from './on-disconnect.ts';
import { parameters } from './parameters.ts';
import { pii } from './pii.ts';
import { providers } from './providers.ts';
import { regions } from './regions.ts';
import { tools } from './tools.ts';
import { unpriced } from './unpriced.ts';

/** Every rule there is. A new one is a file and a line here: the file's schema and its docs derive from it. */
export const RULES = [
  models,
  providers,
  regions,
  parameters,
  tools,
  pii,
  cache,
  unpriced,
  onDisconnect,
  limits,
  budgets,
] as const;
