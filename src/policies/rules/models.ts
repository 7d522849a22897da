import { namePatterns } from '../../core/pattern.ts';
import { allowDeny, rule } from '../rule.ts';

/**
 * `deny` is compared with the name that the caller wrote and with what it leads to; `allow` only with what it
 * leads to, so that an alias or a fallback never opens a model that is not listed.
 */
export const models = rule({
  id: 'models',
  schema: allowDeny('models, as the provider names them or as provider/model').describe(
    'Which models may be used.',
  ),
  compile: ({ allow, deny }) => {
    const allowed = allow === undefined ? undefined : namePatterns(allow);
    const denied = namePatterns(deny ?? []);
    const refuse = (model: string) => ({
      message: `the model "${model}" is not allowed; ask for ${allow === undefined ? 'another one' : `one of: ${allow.join(', ')}`}`,
      param: 'model',
    });
    return {
      checkCall: ({ described: { model } }) => (denied(model) ? refuse(model) : undefined),
      checkTarget: ({ provider, model }) => {
        const full = `${provider}/${model}`;
        if (denied(model) || denied(full)) return refuse(full);
        return allowed === undefined || allowed(model) || allowed(full) ? undefined : refuse(full);
      },
    };
  },
});
