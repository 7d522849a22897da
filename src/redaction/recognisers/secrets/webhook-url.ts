import { recogniser } from '../../recogniser.ts';
import { looksRandom } from './vendor-token.ts';

/** The secret path of a webhook of Slack, Microsoft Teams or Discord: who has it may post. */
export const webhookUrl = recogniser({
  id: 'webhook_url',
  group: 'secret',
  called: 'the secret of a webhook',
  forms: [
    {
      anchor: { kind: 'text', texts: ['hooks.slack.com/'] },
      pattern: 'hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,56}',
      tail: '[A-Za-z0-9+/]',
      check: afterSlashes(2),
    },
    {
      anchor: { kind: 'text', texts: ['.webhook.office.com/webhookb2/'] },
      pattern: '\\.webhook\\.office\\.com/webhookb2/[A-Za-z0-9-]{36}@[A-Za-z0-9-]{36}',
      tail: '[A-Za-z0-9/-]',
      check: afterSlashes(2),
    },
    {
      anchor: { kind: 'text', texts: ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'] },
      pattern: 'discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{50}',
      tail: '[A-Za-z0-9_-]',
      check: afterSlashes(3),
    },
  ],
  examples: {
    found: [
      'https://hooks.slack.com/services/‹T0DCUJB1Q/·B0DD08H5G/bJtrpFi1fO1JMCcwLx8uZyAg›',
      'https://discord.com/api/webhooks/‹847261953048271936·/Kx9f2Lq7Zt4Vb8Nm1Rw6Yc3Hd5Gj0Ps_QaWsEdRfTgYhUjIkOlP›',
    ],
    ignored: ['https://hooks.slack.com/services/', 'see hooks.slack.com/services/T00/B00/xxx'],
  },
});

function afterSlashes(count: number): (text: string) => readonly [number, number] | false {
  return (text) => {
    let at = 0;
    for (let seen = 0; seen < count; seen++) at = text.indexOf('/', at) + 1;
    return looksRandom(text.slice(at)) && [at, text.length];
  };
}
