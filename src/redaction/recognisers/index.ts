import { anthropicKey } from './anthropic-key.ts';
import { awsAccessKey } from './aws-access-key.ts';
import { awsSecretKey } from './aws-secret-key.ts';
import { creditCard } from './credit-card.ts';
import { email } from './email.ts';
import { githubToken } from './github-token.ts';
import { gitlabToken } from './gitlab-token.ts';
import { googleApiKey } from './google-api-key.ts';
import { huggingfaceToken } from './huggingface-token.ts';
import { iban } from './iban.ts';
import { ipAddress } from './ip-address.ts';
import { jwt } from './jwt.ts';
import { npmToken } from './npm-token.ts';
import { openaiKey } from './openai-key.ts';
import { phone } from './phone.ts';
import { privateKey } from './private-key.ts';
import { pypiToken } from './pypi-token.ts';
import { sendgridKey } from './sendgrid-key.ts';
import { slackToken } from './slack-token.ts';
import { sluiceKey } from './sluice-key.ts';
import { stripeKey } from './stripe-key.ts';
import { twilioKey } from './twilio-key.ts';
import { usSsn } from './us-ssn.ts';

/** Every kind of value that is recognised. Where two overlap, the one that stands first here names the whole. */
export const RECOGNISERS = [
  privateKey,
  jwt,
  sluiceKey,
  anthropicKey,
  openaiKey,
  awsAccessKey,
  awsSecretKey,
  githubToken,
  gitlabToken,
  slackToken,
  googleApiKey,
  stripeKey,
  twilioKey,
  sendgridKey,
  npmToken,
  pypiToken,
  huggingfaceToken,
  iban,
  creditCard,
  usSsn,
  email,
  ipAddress,
  phone,
] as const;
