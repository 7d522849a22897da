import { LIKELY, recogniser } from '../../recogniser.ts';
import { labelledForm } from '../id-number.ts';
import { base58Checked, bech32Checked, RIPPLE58 } from './wallet-checksums.ts';

const BASE58 = '[1-9A-HJ-NP-Za-km-z]';

/** Addresses on other chains than Bitcoin's and Ethereum's: by checksum, or by what is written beside them. */
export const cryptoWallet = recogniser({
  id: 'crypto_wallet',
  group: 'pii',
  called: 'the address of a crypto wallet',
  forms: [
    {
      // Litecoin, Dogecoin, Dash, Tron
      anchor: { kind: 'word', first: '[LMDXT]' },
      pattern: `(?<!\\w)[LMDXT]${BASE58}{33}(?!\\w)`,
      check: (value) => base58Checked(value),
    },
    {
      // XRP
      anchor: { kind: 'word', first: 'r' },
      pattern: `(?<!\\w)r${BASE58}{24,34}(?!\\w)`,
      check: (value) => base58Checked(value, RIPPLE58),
    },
    {
      // Litecoin, Cardano
      anchor: { kind: 'text', texts: ['ltc1', 'addr1'] },
      pattern: '(?<!\\w)(?:ltc|addr)1[02-9ac-hj-np-z]{38,98}(?!\\w)',
      check: bech32Checked,
    },
    {
      anchor: { kind: 'text', texts: ['bitcoincash:'] },
      pattern: 'bitcoincash:[qp][02-9ac-hj-np-z]{41}(?!\\w)',
      check: () => ['bitcoincash:'.length, 'bitcoincash:'.length + 42],
    },
    {
      // Monero
      anchor: { kind: 'word', first: '[48]' },
      pattern: `(?<!\\w)[48][0-9AB]${BASE58}{93}(?!\\w)`,
      check: (value) => /[a-z]/.test(value) && /[A-Z]/.test(value),
      score: LIKELY,
    },
    // Solana's are 32 bytes in Base58, and nothing else
    labelledForm({
      labels: ['solana', 'sol', 'sol address', 'solana address', 'solana wallet', 'wallet', 'wallet address'],
      value: `${BASE58}{32,44}`,
      valid: (compact) => /\d/.test(compact),
    }),
  ],
  examples: {
    found: [
      'LTC ‹LLrwFxbAfUDA8HYHqTCnBpET5spe3rTSur›',
      '‹ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9›',
      'DOGE: ‹DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L›',
      'send USDT to ‹TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t›',
      'XRP ‹rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh›',
      'Solana address: ‹7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV›',
      'bitcoincash:‹qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a›',
    ],
    ignored: [
      'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u',
      'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi',
      'the build 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV',
      'a wallet of leather',
    ],
  },
});
