import { vendorToken } from './vendor-token.ts';

export const artifactoryReferenceToken = vendorToken({
  id: 'artifactory_reference_token',
  called: 'an Artifactory reference token',
  prefixes: ['cmVmd'],
  pattern: 'cmVmd[A-Za-z0-9]{59}(?![A-Za-z0-9])',
  found: ['{"token": "‹cmVmdqqFB·1hgG3H3e88hI6EfQ89DLzpqhNzOXjYdPBKSjmen2OVD0rnLVcJSbK4m›"}'],
  ignored: ['cmVmdxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see cmVmd in the docs'],
});
