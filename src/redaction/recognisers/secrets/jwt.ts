import { recogniser } from '../../recogniser.ts';

/** JSON Web Tokens (RFC 7519): a base64url JOSE header, known by the name of its first member. */
export const jwt = recogniser({
  id: 'jwt',
  group: 'secret',
  called: 'a JSON Web Token',
  forms: [
    {
      anchor: { kind: 'text', texts: ['eyJ'] },
      // {"alg": {"typ": {"kid": {"enc": {"cty": {"jku": {"x5t" {"x5c" {"zip":, in base64url
      pattern:
        '(?<![A-Za-z0-9])eyJ(?:hbGciOi|0eXAiOi|raWQiOi|lbmMiOi|jdHkiOi|qa3UiOi|4NXQi|4NWMi|6aXAiOi)[A-Za-z0-9_-]{10}',
      tail: '[A-Za-z0-9_.-]',
    },
    {
      anchor: { kind: 'text', texts: ['eyJ'] },
      pattern: '(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,90}\\.eyJ[A-Za-z0-9_-]{8}',
      tail: '[A-Za-z0-9_.-]',
    },
  ],
  examples: {
    found: [
      'Bearer ‹eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.·eyJzdWIiOiIxMjM0NTY3ODkwIn0.·dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U›',
      'token=‹eyJ4IjoxMjM0NTYsImFsZyI6IkhTMjU2In0.·eyJzdWIiOiIxMjM0In0.c2ln›;',
    ],
    ignored: ['eyJ', 'eyJhIjoxfQ==', 'keyJhbGciOiJIUzI1NiIsInR5cCI6', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0'],
  },
});
