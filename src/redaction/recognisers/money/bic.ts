import { POSSIBLE } from '../../recogniser.ts';
import { idNumber } from '../id-number.ts';

/** ISO 9362: bank, country, place, perhaps branch. */
export const bic = idNumber({
  id: 'bic',
  called: 'a bank identifier code',
  context: ['bic', 'swift', 'swift code', 'swift-code'],
  labelled: { labels: ['bic', 'swift', 'swift-bic'], value: '[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?' },
  forms: [
    {
      anchor: { kind: 'word', first: '[A-Z]' },
      pattern:
        '[A-Z]{4}(?:A[DELMORTUZ]|B[ABEGHRY]|C[AHLNORYZ]|D[EKO]|E[EGS]|F[IR]|G[BEIR]|H[KRU]|I[DELNST]|J[OP]|K[RWZ]|L[BITUV]|M[ACDEKTUXY]|N[GLOZ]|OM|P[AEHKLT]|QA|R[OSU]|S[AEGIKM]|T[HNRW]|U[AS]|V[AGN]|XK|ZA)[A-Z0-9]{2}(?:[A-Z0-9]{3})?',
      score: POSSIBLE,
    },
  ],
  found: ['SWIFT: ‹DEUTDEFF›', 'BIC ‹NEDSZAJJXXX›'],
  ignored: ['the word DEUTDEFF alone', 'BIC deutdeff'],
});
