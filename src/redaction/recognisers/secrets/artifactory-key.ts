import { vendorToken } from './vendor-token.ts';

export const artifactoryKey = vendorToken({
  id: 'artifactory_key',
  called: 'an Artifactory API key',
  prefixes: ['AKCp'],
  pattern: 'AKCp[A-Za-z0-9]{68,69}(?![A-Za-z0-9])',
  found: ['{"token": "‹AKCpwLyi·PksYGBkGOSN3XV1ABtAJqnzGvRoH6kdL1dyMsKmqYOCpMBOhPK6gos0K6UaDlpwK›"}'],
  ignored: ['AKCpxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see AKCp in the docs'],
});
