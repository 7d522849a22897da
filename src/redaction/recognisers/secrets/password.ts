import { recogniser } from '../../recogniser.ts';

const NAME = '(?:[pP][aA][sS][sS](?:[wW](?:[oO][rR])?[dD]|[pP][hH][rR][aA][sS][eE])|[pP][wW][dD])';
const OPERATOR = '["\'`\\])]{0,2}\\s{0,3}(?:=>|:=|[=:])\\s{0,3}';
const SAID = '\\s(?:is|was)(?::|\\s)\\s{0,2}';
const VALUE = '[A-Za-z0-9!@#%^&*_+=~?.-]{5,39}[A-Za-z0-9!@#%^&*_+=~]';
const PLACEHOLDER =
  /^(?:pass|password|passwd|changeme|secret|required|optional|string|none|null|undefined|true|false|redacted|example|placeholder|test|x+|\*+)\d{0,4}$|^(?:your|my|the)[_-]|^(?:process|os|env|config|self|this|req|request|settings|options|params|user|data|args|ctx)\./i;

/** A password that is assigned or told: `DB_PASSWORD=…`, `"password": "…"`, "my password is …". */
export const password = recogniser({
  id: 'password',
  group: 'secret',
  called: 'a password',
  forms: [
    {
      anchor: { kind: 'text', texts: ['passw', 'passphrase', 'pwd'], ignoreCase: true },
      pattern: `${NAME}[A-Za-z0-9_-]{0,8}(?:${OPERATOR}|${SAID})["'\`]?${VALUE}(?![A-Za-z0-9(\\[{])`,
      check: (text) => {
        const value = /(?:=>|:=|[=:]|\s(?:is|was)[:\s])\s{0,3}["'`]?([^\s"'`]{6,40})$/.exec(text)?.[1] ?? '';
        if (PLACEHOLDER.test(value) || !mixed(value)) return false;
        return [text.length - value.length, text.length];
      },
    },
  ],
  examples: {
    found: [
      'DB_PASSWORD=‹hunter2·Rules!›',
      '"password": "‹P@ss·w0rd99›",',
      'My password is ‹Tr0ub4dor&3›.',
      "pwd: '‹xK9#mQ2v›'",
      'passphrase = "‹correct-horse-7›"',
    ],
    ignored: [
      'password: string',
      'password = getPassword()',
      'password = os.environ["DB_PASSWORD"]',
      'password: ${DB_PASSWORD}',
      'const password = process.env.DB_PASSWORD2',
      'the password is required',
      'password = "changeme1"',
      'password_hash: 12',
      'pwd=/home/user1/project',
    ],
  },
});

/** At least two of: letters, digits, marks. A word alone is what people write about passwords. */
function mixed(value: string): boolean {
  const kinds = [/[A-Za-z]/, /\d/, /[!@#%^&*+=~?]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2;
}
