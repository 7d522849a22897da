import { namePatterns } from '../../core/pattern.ts';
import { allowDeny, rule } from '../rule.ts';

export const providers = rule({
  id: 'providers',
  schema: allowDeny('providers, by their names in the configuration').describe(
    'Which providers requests may go to.',
  ),
  compile: ({ allow, deny }) => {
    const allowed = namePatterns(allow ?? ['*']);
    const denied = namePatterns(deny ?? []);
    return {
      checkTarget: ({ provider }) =>
        allowed(provider) && !denied(provider)
          ? undefined
          : {
              message: `the provider "${provider}" is not allowed${allow === undefined ? '' : `; allowed: ${allow.join(', ')}`}`,
              param: 'model',
            },
    };
  },
});
