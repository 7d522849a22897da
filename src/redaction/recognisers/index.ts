import { email } from './contact/email.ts';
import { phone } from './contact/phone.ts';
import { creditCard } from './money/credit-card.ts';
import { iban } from './money/iban.ts';
import { usSsn } from './national/us-ssn.ts';
import { ipAddress } from './network/ip-address.ts';
import { SECRETS } from './secrets/index.ts';

/** Every kind of value that is recognised. Where two overlap, the one that stands first here names the whole. */
export const RECOGNISERS = [...SECRETS, iban, creditCard, usSsn, email, ipAddress, phone] as const;
