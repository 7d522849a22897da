import { email } from './contact/email.ts';
import { phone } from './contact/phone.ts';
import { creditCard } from './money/credit-card.ts';
import { iban } from './money/iban.ts';
import { usSsn } from './national/us-ssn.ts';
import { ipAddress } from './network/ip-address.ts';
import { anthropicKey } from './secrets/anthropic-key.ts';
import { awsAccessKey } from './secrets/aws-access-key.ts';
import { awsSecretKey } from './secrets/aws-secret-key.ts';
import { githubToken } from './secrets/github-token.ts';
import { gitlabToken } from './secrets/gitlab-token.ts';
import { googleApiKey } from './secrets/google-api-key.ts';
import { huggingfaceToken } from './secrets/huggingface-token.ts';
import { jwt } from './secrets/jwt.ts';
import { npmToken } from './secrets/npm-token.ts';
import { openaiKey } from './secrets/openai-key.ts';
import { privateKey } from './secrets/private-key.ts';
import { pypiToken } from './secrets/pypi-token.ts';
import { sendgridKey } from './secrets/sendgrid-key.ts';
import { slackToken } from './secrets/slack-token.ts';
import { sluiceKey } from './secrets/sluice-key.ts';
import { stripeKey } from './secrets/stripe-key.ts';
import { twilioKey } from './secrets/twilio-key.ts';

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
