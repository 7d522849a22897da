import { recogniser } from '../../recogniser.ts';

const BREAK = '(?:\\s|\\\\[nr]){1,4}';
const BEGIN = '-----BEGIN (?:[A-Z0-9]{2,9} )?PRIVATE KEY(?: BLOCK)?-----';
const ENCRYPTED = `Proc-Type: 4,ENCRYPTED${BREAK}DEK-Info: [A-Z0-9-]{3,12},`;

/** PEM (RFC 7468), OpenSSH and OpenPGP private keys; the lines around the key stay, the key itself goes. */
export const privateKey = recogniser({
  id: 'private_key',
  group: 'secret',
  called: 'a private key',
  forms: [
    {
      anchor: { kind: 'text', texts: ['-----BEGIN '] },
      pattern: `${BEGIN}${BREAK}(?:${ENCRYPTED}|Version: [ -~]{1,24}${BREAK})?[A-Za-z0-9+/=]{16}`,
      tail: '[A-Za-z0-9+/=\\s\\\\]',
      check: (value) => [value.search(/-----(?:\s|\\[nr])/) + 5, value.length],
    },
  ],
  examples: {
    found: [
      '-----BEGIN PRIVATE KEY-----‹\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nKs14IReLcYgADhoXk56ZzXI=\n›-----END PRIVATE KEY-----',
      '"-----BEGIN RSA PRIVATE KEY-----‹\\nMIIEpQIBAAKCAQEAn6/O8li+\\n›-----END RSA PRIVATE KEY-----"',
      '-----BEGIN OPENSSH PRIVATE KEY-----‹\r\nb3BlbnNzaC1rZXktdjEAAAAA›',
      '-----BEGIN RSA PRIVATE KEY-----‹\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F5316E2BAC89\n\nabcd\n›-----END RSA PRIVATE KEY-----',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----‹\n\nlQWGBGSVV4YBDAClvRnxezIRy2Yv\n=8xQN\n›-----END PGP PRIVATE KEY BLOCK-----',
    ],
    ignored: [
      '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----',
      'A file starts with -----BEGIN PRIVATE KEY----- and ends so.',
      '-----BEGIN OPENSSH PRIVATE KEY----------END OPENSSH PRIVATE KEY-----',
    ],
  },
});
