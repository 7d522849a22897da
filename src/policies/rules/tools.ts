import { z } from 'zod';
import { namePatterns } from '../../core/pattern.ts';
import { patterns, rule } from '../rule.ts';

export const tools = rule({
  id: 'tools',
  schema: z
    .strictObject({
      allow: patterns.describe('Only tools with these names; `*` stands for any characters.').exactOptional(),
      deny: patterns.describe('No tool with these names, whatever is allowed.').exactOptional(),
      max: z.int().nonnegative().describe('How many tools one request may offer.').exactOptional(),
    })
    .refine((section) => Object.keys(section).length > 0, 'set allow, deny or max')
    .describe('Which tools a request may offer to the model.'),
  compile: ({ allow, deny, max = Number.POSITIVE_INFINITY }) => {
    const allowed = namePatterns(allow ?? ['*']);
    const denied = namePatterns(deny ?? []);
    return {
      checkCall: ({ described: { tools: offered } }) => {
        if (offered.length > max) {
          return { message: `${offered.length} tools were offered; offer at most ${max}`, param: 'tools' };
        }
        for (const name of offered) {
          if (denied(name) || !allowed(name)) {
            return { message: `the tool "${name}" is not allowed; leave it out`, param: 'tools' };
          }
        }
        return undefined;
      },
    };
  },
});
