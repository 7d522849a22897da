import { recogniser } from '../../recogniser.ts';
import { entropyOf, looksRandom } from './vendor-token.ts';

/** The id of the bot, a colon, 35 characters. */
export const telegramBotToken = recogniser({
  id: 'telegram_bot_token',
  group: 'secret',
  called: 'a Telegram bot token',
  forms: [
    {
      anchor: { kind: 'char', char: ':', before: '[0-9]', max: 10 },
      pattern: '(?<![A-Za-z0-9])[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])',
      check: (value) => looksRandom(value) && entropyOf(value) >= 3,
    },
  ],
  examples: {
    found: ['bot ‹5823941076·:AAHk3Zt9Qm2Xv7Lp1Rw8Yc4Nd6Gj0Bs5Fe_›'],
    ignored: ['12345678:90', 'time 10:30:00'],
  },
});
