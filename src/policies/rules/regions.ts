import { namePatterns } from '../../core/pattern.ts';
import { allowDeny, rule } from '../rule.ts';

export const regions = rule({
  id: 'regions',
  schema: allowDeny('regions, as the configuration names them').describe(
    'Where data may go. A provider without a region is refused where `allow` is set: nobody knows where it is.',
  ),
  compile: ({ allow, deny }) => {
    const allowed = allow === undefined ? undefined : namePatterns(allow);
    const denied = namePatterns(deny ?? []);
    const where = allow === undefined ? '' : `; allowed: ${allow.join(', ')}`;
    return {
      checkTarget: ({ provider, region }) => {
        if (region === undefined) {
          if (allowed === undefined) return undefined;
          return { message: `the region of provider "${provider}" is not known${where}`, param: 'model' };
        }
        if (!denied(region) && (allowed === undefined || allowed(region))) return undefined;
        return {
          message: `data may not go to region "${region}" (provider "${provider}")${where}`,
          param: 'model',
        };
      },
    };
  },
});
