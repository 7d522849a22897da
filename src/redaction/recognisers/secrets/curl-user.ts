import { recogniser } from '../../recogniser.ts';

const PLACEHOLDER =
  /^\d{1,5}$|^(?:pass(?:word|wd)?|pwd|secret|token|key|api_?key|test|x+|y+|\*+)$|^\/\/|^[[(]/i;

/** The password of `curl -u user:password`. */
export const curlUser = recogniser({
  id: 'curl_user',
  group: 'secret',
  called: 'the password of a curl command',
  forms: [
    {
      anchor: { kind: 'text', texts: ['-u', '--user'] },
      pattern: '(?<![^ ])(?:-u|--user)[ =]{0,3}["\']?[^\\s:"\'$<{]{0,40}:[^\\s"\'$<{]{1,1}[^\\s"\'<{]{2,40}',
      check: (text) => {
        const value = /:([^:\s"']*(?::[^\s"']*)?)$/.exec(text)?.[1] ?? '';
        if (value.length < 3 || PLACEHOLDER.test(value)) return false;
        return [text.length - value.length, text.length];
      },
    },
    {
      // `-u "password:"`: the key as the user's name, as some services want it
      anchor: { kind: 'text', texts: ['-u', '--user'] },
      pattern: '(?<![^ ])(?:-u|--user)[ =]{0,3}["\']?[A-Za-z0-9_!@#%.-]{8,48}:(?=["\'\\s])',
      check: (text) => {
        const value = /([A-Za-z0-9_!@#%.-]{8,48}):$/.exec(text)?.[1] ?? '';
        if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
        return [text.length - 1 - value.length, text.length - 1];
      },
    },
  ],
  examples: {
    found: [
      'curl -u elastic:‹P@ss·w0rd$1› https://localhost:9200',
      'curl -s --user "j.smith:‹dB2y·F6@qL9vZm1P#4J›" https://api.contoso.org',
      'curl -u "‹d2LkV78·zLx!t›:" https://localhost:9200',
      'curl -u ":‹d2LkV78·zLx!t›" https://localhost:9200',
    ],
    ignored: [
      'docker run -u 1000:1000 image',
      'curl -u user:$PASSWORD https://x',
      'curl -u user:password https://x',
      'git push -u origin main',
    ],
  },
});
