import { vendorToken } from './vendor-token.ts';

export const slackToken = vendorToken({
  id: 'slack_token',
  called: 'a Slack token',
  prefixes: ['xoxb-', 'xoxa-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'],
  pattern: '(?:xox[abprse]-|xoxe\\.xox[bp]-|xapp-)[A-Za-z0-9-]{16}(?![A-Za-z0-9-]{0,48}[#*])',
  check: (value) => (value.startsWith('xapp-') ? /\d/ : /\d{8}|-1-[A-Za-z]*\d|xox[rs]-/).test(value),
  tail: '[A-Za-z0-9_-]',
  found: [
    '‹xoxb-·730191371696-1413868247813-IG7Z2k8jdXr2w›',
    '‹xapp-·1-A052FGTS2DL-5171572773297-610b6a11f4b7eb819e›',
  ],
  ignored: [
    'xoxb-xxxxxxxxxxxx-xxxxxxxxxxxx',
    'xoxb-token',
    'xoxp-572370529330-573807301142-572331691188-########',
  ],
});
