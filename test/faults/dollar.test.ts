import t from 'tap';
import { skipWithoutRedisServer } from '../support/redis.ts';
import { dollarTrial } from './dollar.ts';

// two gateways with a database and a Redis of their own
t.setTimeout(600_000);

// the script tries the other faults too, with more clients: docs/reliability.md
t.test(
  'a dollar for two gateways with two workers each, one killed: never passed, and at least 97 % of it usable (litellm#26672, #34732; envoy ai-gateway#680)',
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const outcome = await dollarTrial('node killed', { clients: 120, outageMs: 0 });
    t.comment(JSON.stringify(outcome));
    t.same(outcome.wrong, [], 'refusals have the right body and headers');
    t.ok(outcome.mostHeldUsd <= 1, `${outcome.mostHeldUsd} held at most`);
    t.ok(outcome.settledUsd <= 1 && outcome.settledUsd >= 0.97, `${outcome.settledUsd} settled`);
    t.equal(outcome.linesUsd.toFixed(6), outcome.settledUsd.toFixed(6), 'what was spent is settled');
    t.equal(outcome.leasedUsd, 0, 'nothing stays leased');
  },
);
