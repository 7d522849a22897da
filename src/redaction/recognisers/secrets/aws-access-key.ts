import { vendorToken } from './vendor-token.ts';

export const awsAccessKey = vendorToken({
  id: 'aws_access_key',
  called: 'an AWS access key id',
  prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
  pattern: '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])',
  found: ['My key is ‹AKIA·LALEMEL33243OLIB›, why?', 'id="‹ASIA·Y34FZKBOKMUTVV7A›"'],
  ignored: [
    'AKIAIOSFODNN7EXAMPLE',
    'AKIAXXXXXXXXXXXXXXXX',
    'TODAYINASIAASACKOFRICEFELLOVER',
    'AKIALALEMEL33243OLIBX',
  ],
});
