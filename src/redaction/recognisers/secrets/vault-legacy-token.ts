import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** The form of Vault before 1.10. */
export const vaultLegacyToken = recogniser({
  id: 'vault_legacy_token',
  group: 'secret',
  called: 'a HashiCorp Vault token',
  forms: [
    {
      anchor: { kind: 'text', texts: ['s.'] },
      pattern: '(?<![A-Za-z0-9_.])s\\.[A-Za-z0-9]{24}(?![A-Za-z0-9_.(])',
      check: (value) => looksRandom(value) && /\d.*\d/.test(value) && entropyOf(value) >= 3.5,
    },
  ],
  examples: {
    found: ['vault: ‹s.0sMbHi4taton·2ubX08S0r6JG›'],
    ignored: ["it's.2024 and so on", 's.substringAfterTheLastDotOf'],
  },
});
