import { vendorToken } from './vendor-token.ts';

export const pypiToken = vendorToken({
  id: 'pypi_token',
  called: 'a PyPI token',
  prefixes: ['pypi-'],
  pattern: 'pypi-[A-Za-z0-9_-]{32}',
  tail: '[A-Za-z0-9_-]',
  found: ['‹pypi-·AgEIcHlwaS5vcmc2edb88dddbdfd05f389de54ed087a194fc25751e71e7777›'],
  ignored: ['pypi-upload-action', 'pypi-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
});
