import t from 'tap';
import { CLIENTS, killRounds, type Round } from './kill-rounds.ts';

const ROUNDS = 3;

// a start of the whole gateway per round
t.setTimeout(600_000);

t.test(
  'kill -9 under load: after a restart every answer has its record, once, and is paid for (litellm PR#30330)',
  async (t) => {
    const lengths = [0.1, 0.6, 0.9];
    const told: Round[] = [];
    await killRounds(
      ROUNDS,
      () => lengths[told.length] ?? 0,
      (round) => {
        told.push(round);
        t.comment(JSON.stringify(round));
      },
    );
    t.equal(told.length, ROUNDS);
    for (const { round, answered, wrong, unread, spent, settled } of told) {
      t.ok(answered > 0, `round ${round}: there was load`);
      t.same(wrong, [], `round ${round}: each answered request has one record and one usage line`);
      t.ok(unread <= CLIENTS, `round ${round}: besides, at most those that were under way`);
      t.equal(settled, spent, `round ${round}: what was spent is settled, to the pico-dollar`);
    }
  },
);
