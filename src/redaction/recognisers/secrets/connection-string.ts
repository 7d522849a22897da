import { recogniser } from '../../recogniser.ts';

const PLACEHOLDER =
  /^(?:pass(?:word|wd)?|pwd|secret|token|changeme|your[\w-]*|x+|\*+|\.+|user(?:name)?|example|test)$|[<>{}$]|^%[A-Z]/i;

/** The password in a URL: `postgres://app:…@db/prod`, `https://user:…@host`. */
export const connectionString = recogniser({
  id: 'connection_string',
  group: 'secret',
  called: 'the password of a connection string',
  forms: [
    {
      anchor: { kind: 'char', char: ':', before: '[A-Za-z0-9+.-]', max: 20 },
      pattern:
        '(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,19}://[^\\s:/@"\'<>?#]{0,32}:[^\\s/@"\'<>]{3,48}@(?=[A-Za-z0-9\\[])',
      check: (text) => {
        const value = /:\/\/[^:]*:(.*)@$/.exec(text)?.[1] ?? '';
        if (PLACEHOLDER.test(value)) return false;
        return [text.length - 1 - value.length, text.length - 1];
      },
    },
  ],
  examples: {
    found: [
      'DATABASE_URL=postgres://app:‹s3cr·3tPw›@db.internal:5432/prod',
      'https://cafebabe:‹dead·beef›@gems.contribsys.com/',
      'mongodb+srv://svc:‹Qx7!kZ·2p›@cluster0.mongodb.net',
      'redis://:‹9aT2kQ7m›@cache:6379',
    ],
    ignored: [
      'https://example.com:8080/path',
      'postgres://user:password@localhost/db',
      'postgres://user:${PASSWORD}@localhost/db',
      'https://github.com/a/b@v1',
      'git@github.com:a/b.git',
    ],
  },
});
