import t from 'tap';
import { skipWithoutRedisServer } from '../support/redis.ts';
import { dollarTrial, FAULTS } from './dollar.ts';

// each trial starts two gateways with a database and a Redis of their own
t.setTimeout(600_000);

for (const fault of FAULTS) {
  t.test(
    `a dollar for two gateways with two workers each, ${fault}: never passed, and at least 97 % of it usable (litellm#26672, #34732; envoy ai-gateway#680)`,
    { skip: skipWithoutRedisServer() },
    async (t) => {
      const outcome = await dollarTrial(fault, { clients: 150, outageMs: 2_000 });
      t.comment(JSON.stringify(outcome));
      t.same(outcome.wrong, [], 'refusals have the right body and headers');
      t.ok(outcome.mostHeldUsd <= 1, `${outcome.mostHeldUsd} held at most`);
      t.ok(outcome.settledUsd <= 1 && outcome.settledUsd >= 0.97, `${outcome.settledUsd} settled`);
      t.equal(outcome.linesUsd.toFixed(6), outcome.settledUsd.toFixed(6), 'what was spent is settled');
      t.equal(outcome.leasedUsd, 0, 'nothing stays leased');
      if (fault !== 'postgres stopped') t.equal(outcome.unavailable, 0);
      if (fault !== 'node killed') t.equal(outcome.broken, 0);
    },
  );
}
