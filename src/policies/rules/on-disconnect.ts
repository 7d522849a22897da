import { z } from 'zod';
import { rule } from '../rule.ts';

export const onDisconnect = rule({
  id: 'on_disconnect',
  schema: z
    .enum(['cancel', 'drain'])
    .describe('When the client leaves: stop the provider, or read its answer to the end.'),
  compile: (section) => ({ onDisconnect: section }),
});
