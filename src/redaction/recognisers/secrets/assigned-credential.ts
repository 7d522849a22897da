import { recogniser } from '../../recogniser.ts';
import { assignedSecret } from './assigned-secret.ts';

const KEYWORDS = [
  ['token', 'secret', 'credential'],
  [
    'api_key',
    'api-key',
    'apikey',
    'access_key',
    'access-key',
    'accesskey',
    'auth_key',
    'auth-key',
    'authkey',
  ],
  [
    'private_key',
    'secret_key',
    'master_key',
    'encryption_key',
    'signing_key',
    'account_key',
    'accountkey',
    'sharedaccesskey',
  ],
  ['sessionid', 'phpsessid', 'jsessionid', 'connect.sid'],
];

/** Whatever is called a key, token or secret and looks drawn by lot. */
export const assignedCredential = recogniser({
  id: 'assigned_credential',
  group: 'secret',
  called: 'a credential',
  forms: KEYWORDS.map((keywords) =>
    assignedSecret({
      keywords,
      rest: '[A-Za-z0-9_.-]{0,20}',
      value: '[A-Za-z0-9_.=~+/-]{16,40}',
      tail: '[A-Za-z0-9_.=~+/-]',
      minEntropy: 3.3,
      check: drawnByLot,
    }),
  ),
  examples: {
    found: [
      'token = "‹4f9c1d2b7a3e·4850b6c7d8e9f0a1b2c3›"',
      '"api_key": "‹dQw4w9WgXcQ·7tYk2LmPz81›"',
      'AccountKey=‹Eby8vdM02xNOc·qFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu==›;',
      'Cookie: sessionid=‹3q2zv8k1x9p0·m7n6b5v4c3x2z1l0k9j8›; theme=dark',
      'export SERVICE_SECRET=‹9aT2·kQ7mZ4xW1vB8nR5c›',
    ],
    ignored: [
      'token = nextTokenOfTheStream',
      'token: csrf-token-of-this-page-only',
      'secret_name = "projects/my-project/secrets/db-password"',
      'api_key = os.environ["OPENAI_API_KEY"]',
      'access_key: AKIAXXXXXXXXXXXXXXXX',
      'max_tokens: 4096',
      'tokenizer = "cl100k_base"',
      'api_key_header = "x-api-key-2024-v1"',
      'token_endpoint: login.microsoftonline.com/common/oauth2/v2.0/token',
    ],
  },
});

/** Letters and several digits in one word without the marks of a path, a host, a name of words, a date or an excerpt. */
function drawnByLot(value: string): boolean {
  if (value.endsWith('...')) return false;
  let digits = 0;
  let mixed = false;
  for (let at = 0; at < value.length; at++) {
    const from = at;
    const digitsBefore = digits;
    while (isAlphanumeric(value.charCodeAt(at))) if (value.charCodeAt(at++) < 58) digits++;
    const count = digits - digitsBefore;
    if (at - from >= 10 && count > 0 && count < at - from) mixed = true;
  }
  if (!mixed) return false;
  return digits >= 3 || (digits >= 1 && /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(value) && value.length >= 20);
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
