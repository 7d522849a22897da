import { vendorToken } from './vendor-token.ts';

export const huggingfaceToken = vendorToken({
  id: 'huggingface_token',
  called: 'a Hugging Face token',
  prefixes: ['hf_', 'api_org_'],
  pattern: '(?:hf_|api_org_)[A-Za-z0-9]{34}(?![A-Za-z0-9_])',
  minEntropy: 3,
  found: ['‹hf_·kRsNQSSMKYJlDVLxcfXtuxyeWBJesEihSr›'],
  ignored: [
    'hf_requiredCharacteristicTypesForDisplayMetadata',
    'hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'hf_hub_download',
  ],
});
