import { recogniser } from '../../recogniser.ts';
import { assignedSecret } from './assigned-secret.ts';

/** An AWS secret access key: 40 characters of base64. */
export const awsSecretKey = recogniser({
  id: 'aws_secret_key',
  group: 'secret',
  called: 'an AWS secret access key',
  forms: [
    assignedSecret({
      keywords: ['secret'],
      rest: '[_-]?(?:[aA][cC][cC][eE][sS][sS])?[_-]?[kK][eE][yY]',
      value: '[A-Za-z0-9/+]{40}',
      minEntropy: 4,
    }),
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
      'secretKey: aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb',
      'a secret key is what you need',
    ],
  },
});
