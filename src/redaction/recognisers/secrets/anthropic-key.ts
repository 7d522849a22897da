import { vendorToken } from './vendor-token.ts';

export const anthropicKey = vendorToken({
  id: 'anthropic_key',
  called: 'an Anthropic API key',
  prefixes: ['sk-ant-'],
  pattern:
    'sk-ant-(?:(?:api03|admin01)-[A-Za-z0-9_-]{93}AA(?![A-Za-z0-9_-])|(?!api03|admin01)[a-z0-9]{2,12}-[A-Za-z0-9_-]{20})',
  tail: '[A-Za-z0-9_-]',
  found: [
    '"‹sk-ant-·api03-nwqvrr9a7mfp059p452bfsozpt-x497w19vw3rtqohmuh8lmn4r-7sgmsoxlta8ircd9si5ga_s442vldq4hez5e_djj_AA›"',
  ],
  ignored: [
    'sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxx',
    'risk-ant-colony-1234567890abcdefghijkl',
    'sk-ant-api03-...',
  ],
});
