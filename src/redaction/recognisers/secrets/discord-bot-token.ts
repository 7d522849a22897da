import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** The id of the bot in base64, a time stamp, an HMAC. */
export const discordBotToken = recogniser({
  id: 'discord_bot_token',
  group: 'secret',
  called: 'a Discord bot token',
  forms: [
    {
      anchor: { kind: 'char', char: '.', before: '[A-Za-z0-9_-]', max: 28 },
      pattern:
        '(?<![A-Za-z0-9_-])[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: ['‹MTk4NjIyNDgzNDcxOTI1MjQ4·.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs›'],
    ignored: ['Module.name.somethingElse', 'v1.2.3'],
  },
});
