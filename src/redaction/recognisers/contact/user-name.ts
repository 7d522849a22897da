import { recogniser } from '../../recogniser.ts';

const LABEL =
  '(?:[uU]ser[ _-]?[nN]ame|[uU]ser[ _-]?[iI][dD]|[lL]ogin|[hH]andle|[nN]ickname|[tT]witter|[iI]nstagram|[tT]elegram|[sS]kype|[tT]ik[tT]ok|[gG]it[hH]ub)';

/** A name on a service: known by its label. */
export const userName = recogniser({
  id: 'user_name',
  group: 'pii',
  called: 'a user name',
  forms: [
    {
      anchor: {
        kind: 'text',
        ignoreCase: true,
        texts: [
          'user',
          'login',
          'handle',
          'nickname',
          'twitter',
          'instagram',
          'telegram',
          'skype',
          'tiktok',
          'github',
        ],
      },
      pattern: `(?<![A-Za-z_.$-])${LABEL}["']? ?(?:: ?| is )["']?@?[A-Za-z][A-Za-z0-9_.-]{2,30}(?![A-Za-z0-9_.(/@-]|: )`,
      check: (value) => {
        const name = /@?[A-Za-z][A-Za-z0-9_.-]*$/.exec(value)?.[0] ?? '';
        return (
          /[@\d_]/.test(name) &&
          !/^(?:[A-Z_]+|[a-z]+_(?:id|name))$/.test(name) && [value.length - name.length, value.length]
        );
      },
    },
  ],
  examples: {
    found: ['username: ‹jane_doe42›', 'Twitter: ‹@janedoe›', 'my handle is ‹dark_lord99›'],
    ignored: ['username: string', 'user_name: user_id', 'login: required', 'const username = x1'],
  },
});
