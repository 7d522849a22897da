import { vendorToken } from './vendor-token.ts';

export const bedrockKey = vendorToken({
  id: 'bedrock_key',
  called: 'an Amazon Bedrock API key',
  prefixes: ['ABSKQmVkcm9ja0FQSUtleS', 'bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t'],
  pattern: '(?:ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/=]{24}|bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t)',
  tail: '[A-Za-z0-9+/=_%-]',
  found: [
    'AWS_BEARER_TOKEN_BEDROCK=‹ABSKQmVk·cm9ja0FQSUtleS1x7fK2pQ9zR4tV8wY1aB5cD3eF›',
    'key ‹bedrock-api-key-·YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb24›',
  ],
  ignored: ['see bedrock-api-key-xxx', 'ABSKQmVk'],
});
