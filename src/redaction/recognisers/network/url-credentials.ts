import { recogniser } from '../../recogniser.ts';

/** A name and password in a URL (RFC 3986 §3.2.1): what stands between the scheme and the `@`. */
export const urlCredentials = recogniser({
  id: 'url_credentials',
  group: 'secret',
  called: 'credentials in a URL',
  forms: [
    {
      anchor: { kind: 'text', texts: ['://'] },
      pattern: '://[^\\s/@:"\'<>{}$]{0,32}:[^\\s/@"\'<>{}$]{2,80}@(?=[A-Za-z0-9\\[])',
      check: (value) =>
        !/:\/\/(?:user(?:name)?|USER):(?:pass(?:word)?|PASS(?:WORD)?|\*{3,}|x{3,})@/.test(value) && [
          3,
          value.length - 1,
        ],
    },
  ],
  examples: {
    found: [
      'https://‹jane:s3cret›@example.com/',
      'postgres://‹app:hunter2›@db:5432/x',
      'redis://‹:s3cr3t·T0k›@10.0.3.14:6379/0',
    ],
    ignored: ['https://user:password@host', 'https://example.com:8080/@x', 'http://$USER:$PASS@host/'],
  },
});
