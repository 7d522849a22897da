import { type Checked, recogniser } from '../../recogniser.ts';
import { anyCase } from '../id-number.ts';

/** In small letters: what a password is called, by itself or at the end of a longer name (`DB_PASSWORD`). */
const NAMES = [
  ...[
    'password',
    'passwd',
    'passphrase',
    'passcode',
    'pwd',
    'passwort',
    'kennwort',
    'wachtwoord',
    'mot de passe',
  ],
  ...['contraseña', 'contrasena', 'senha', 'palavra-passe', 'parola d’ordine', "parola d'ordine", 'lösenord'],
  ...['adgangskode', 'passord', 'salasana', 'hasło', 'haslo', 'heslo', 'jelszó', 'parolă', 'şifre', 'sifre'],
  ...['пароль', 'Пароль', '密码', '密碼', 'パスワード', '비밀번호', 'كلمة المرور', 'mật khẩu', 'kata sandi'],
];
/** Too short to be looked for inside words: `SMTP_PASS`, `pw:`. */
const SHORT_NAMES = ['pass', 'pw', 'psw', 'mdp'];
const NAME = `${anyCase(NAMES)}[A-Za-z0-9_-]{0,8}`;
const SHORT_NAME = `(?<![A-Za-z])${anyCase(SHORT_NAMES)}`;
const OPERATOR = '["\'`\\])*]{0,3}\\s{0,3}(?:=>|:=|[=:：])["*]{0,2}\\s{0,3}';
const SAID = '\\s(?:is|was|ist|lautet|est|es|é|è|är|er|on)(?::|\\s)\\s{0,2}';
const VALUE = '[A-Za-z0-9!@#%^&*_+=~?.-]{5,39}[A-Za-z0-9!@#%^&*_+=~]';
const ENDING = new RegExp(`(?:${OPERATOR}|${SAID})["'\`]?(${VALUE})$`);
const PLACEHOLDER =
  /^(?:pass|password|passwd|changeme|secret|required|optional|string|none|null|undefined|true|false|redacted|example|placeholder|test|x+|\*+)\d{0,4}$|^(?:your|my|the)[_-]|^(?:process|os|env|config|self|this|req|request|settings|options|params|user|data|args|ctx)\./i;

/** A password that is assigned or told: `DB_PASSWORD=…`, `"password": "…"`, "my password is …". */
export const password = recogniser({
  id: 'password',
  group: 'secret',
  called: 'a password',
  forms: [
    {
      anchor: { kind: 'text', texts: NAMES, ignoreCase: true },
      pattern: `${NAME}(?:${OPERATOR}|${SAID})["'\`]?${VALUE}(?![A-Za-z0-9(\\[{])`,
      check: placeIn,
    },
    {
      anchor: { kind: 'text', texts: SHORT_NAMES, ignoreCase: true },
      pattern: `${SHORT_NAME}${OPERATOR}["'\`]?${VALUE}(?![A-Za-z0-9(\\[{])`,
      check: (text) => {
        const place = placeIn(text);
        return (
          typeof place !== 'boolean' &&
          /[A-Z].*\d|\d.*[A-Z]|[!@#%^&*+=~?]/.test(text.slice(place[0])) &&
          place
        );
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
      'SMTP_PASS=‹hG7!·kd93lsPQ›',
      'Login: anna.k / pw: ‹Winter·2024!›',
      'Benutzer: hmeier, Passwort: ‹Sommer!·2023›',
      'mein Kennwort lautet ‹Sommer!·2023›',
      'mot de passe : ‹Azerty·123!›',
      'Contraseña: ‹MiGato·2020!›',
      'senha: ‹Flamengo·10#›',
      'Пароль: ‹Qwerty!·2345›',
      '密码：‹Abc·12345!›',
      '**Password:** `‹hunter2·Rules!›`',
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
      'passenger: abc12345',
      'bypass: rule-12a',
      'das Passwort ist wichtig',
      'pass: 12 of 15',
      '"pass": "v1.2-beta", pw: 12x400mm',
    ],
  },
});

/** Where in a match the password stands; false where it is none. */
function placeIn(text: string): Checked {
  const value = ENDING.exec(text)?.[1] ?? '';
  if (PLACEHOLDER.test(value) || !mixed(value)) return false;
  return [text.length - value.length, text.length];
}

/** At least two of: letters, digits, marks. A word alone is what people write about passwords. */
function mixed(value: string): boolean {
  const kinds = [/[A-Za-z]/, /\d/, /[!@#%^&*+=~?]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2;
}
