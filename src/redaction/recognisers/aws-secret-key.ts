import { recogniser } from '../recogniser.ts';
import { looksRandom } from '../secret.ts';

const NAME = '(?:secret|SECRET|Secret)[_-]?(?:access|ACCESS|Access)?[_-]?(?:key|KEY|Key)';

/** An AWS secret access key has no mark of its own: it is known by the name it is assigned to. */
export const awsSecretKey = recogniser({
  id: 'aws_secret_key',
  group: 'secret',
  called: 'an AWS secret access key',
  forms: [
    {
      anchor: { kind: 'text', texts: ['secret', 'SECRET', 'Secret'] },
      pattern: `${NAME}["']?\\s{0,3}(?:=>|:=|[=:])\\s{0,3}["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`,
      check: (value) => looksRandom(value) && [value.length - 40, value.length],
    },
  ],
  examples: {
    found: [
      'aws_secret_access_key = ‹wJalrXUtnFEMI/K7MDENG·/bPxRfiCYzb81kq02Lm›',
      '"SecretAccessKey": "‹wJalrXUtnFEMI/K7MDENG·/bPxRfiCYzb81kq02Lm›"',
      'AWS_SECRET_ACCESS_KEY=‹wJalrXUtnFEMI/K7MDENG·/bPxRfiCYzb81kq02Lm›\n',
    ],
    ignored: [
      'secret_key = short',
      'secretAccessKey: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'a secret key is what you need',
    ],
  },
});
