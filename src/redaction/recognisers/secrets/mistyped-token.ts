import { LIKELY, recogniser } from '../../recogniser.ts';
import { entropyOf, inOrder, looksRandom } from './vendor-token.ts';

/** Prefixes that no word, no name of a file and no variable has. */
const PREFIXES = [
  ...[
    'sk-ant-api03-',
    'sk-ant-admin01-',
    'sk-proj-',
    'sk-svcacct-',
    'sk-or-v1-',
    'sntryu_',
    'sntrya_',
    'sntryi_',
    'sntrys_',
  ],
  ...[
    'ghp_',
    'gho_',
    'ghu_',
    'ghs_',
    'github_pat_',
    'glpat-',
    'npm_',
    'pypi-',
    'dop_v1_',
    'dckr_pat_',
    'shpat_',
    'sk_live_',
  ],
  ...['rk_live_', 'lin_api_', 'figd_', 'hvs.', 'nvapi-', 'PMAK-', 'rubygems_', 'pscale_tkn_'],
];

/** The token of a vendor that is too short or too long for one, cut off or with a slip: still most of a secret. */
export const mistypedToken = recogniser({
  id: 'mistyped_token',
  group: 'secret',
  called: 'part of a token',
  forms: [
    {
      anchor: { kind: 'text', texts: PREFIXES },
      pattern: `(?<![A-Za-z0-9])(?:${PREFIXES.map((each) => each.replace('.', '\\.')).join('|')})[A-Za-z0-9_-]{20}`,
      tail: '[A-Za-z0-9_+/=-]',
      score: LIKELY,
      check: (value) =>
        looksRandom(value) &&
        entropyOf(value) >= 3.5 &&
        /\d/.test(value.slice(-20)) &&
        inOrder(value.slice(-20)) < 2,
    },
  ],
  examples: {
    found: [
      '‹sk-ant-api03-·nwqvrr9a7mfp059p452bfs› was cut',
      'SENTRY=‹sntryu_·6a9e611091884c4077088a5ee3a954177634abee46606c609d483cfdfb›',
    ],
    ignored: [
      'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxx',
      'sk-ant-api03-abc123xyz-456de-klMnopqrstuvwx-3456',
      'npm_config_registry_of_this_project',
    ],
  },
});
