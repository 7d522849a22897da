import fc from 'fast-check';
import t from 'tap';
import { Circuit, type CircuitRule } from './circuit.ts';

const RULE: CircuitRule = { enabled: true, minCalls: 5, failureShare: 0.5, openMs: 1_000, openMaxMs: 8_000 };

function opened(): Circuit {
  const circuit = new Circuit(RULE);
  for (let call = 0; call < RULE.minCalls; call++) circuit.failed(0);
  return circuit;
}

t.test('a few failures do not open it, half of enough calls do', async (t) => {
  const circuit = new Circuit(RULE);
  for (let call = 1; call < RULE.minCalls; call++) circuit.failed(0);
  t.equal(circuit.state(0), 'closed');
  circuit.failed(0);
  t.equal(circuit.state(0), 'open');
  t.notOk(circuit.admits(999));
  const flapping = new Circuit(RULE);
  for (let call = 0; call < 3; call++) {
    flapping.succeeded(0);
    flapping.failed(0);
  }
  t.equal(flapping.state(0), 'open', 'every other call');
  const fair = new Circuit(RULE);
  for (let call = 0; call < 100; call++) {
    if (call % 3 === 2) fair.failed(0);
    else fair.succeeded(0);
  }
  t.equal(fair.state(0), 'closed', 'every third call');
});

t.test('one probe at a time; its success closes, its failure opens for twice as long', async (t) => {
  const circuit = opened();
  t.equal(circuit.state(1_000), 'half_open');
  t.ok(circuit.admits(1_000));
  t.notOk(circuit.admits(1_000), 'others wait for the probe');
  circuit.failed(1_010);
  t.notOk(circuit.admits(3_000));
  t.ok(circuit.admits(3_010));
  circuit.dropped();
  t.ok(circuit.admits(3_011), 'a probe whose client left frees the place');
  circuit.succeeded(3_020);
  t.equal(circuit.state(3_020), 'closed');
  t.ok(circuit.admits(3_020) && circuit.admits(3_020));
  const lost = opened();
  lost.admits(1_000);
  t.ok(lost.admits(2_000), 'a probe that nobody reports on ends by itself');
});

t.test(
  'an answer from before the opening closes nothing; a check that sees it alive allows a probe',
  async (t) => {
    const circuit = opened();
    circuit.succeeded(10);
    t.equal(circuit.state(10), 'open');
    circuit.probeNow(20);
    t.ok(circuit.admits(20));
  },
);

t.test('a target that asks to be left alone is left alone, within reason, and is not broken', async (t) => {
  const circuit = new Circuit(RULE);
  circuit.rest(0, 30_000);
  t.equal(circuit.state(0), 'closed');
  t.notOk(circuit.admits(29_999));
  t.ok(circuit.admits(30_000));
  circuit.rest(30_000, 3_600_000);
  t.ok(circuit.admits(90_000), 'no longer than a minute');
  circuit.rest(90_000, 0);
  t.ok(circuit.admits(91_000), 'a second where it did not say');
});

t.test('switched off, it remembers nothing', async (t) => {
  const circuit = new Circuit({ ...RULE, enabled: false });
  for (let call = 0; call < 50; call++) circuit.failed(0);
  circuit.rest(0, 1_000);
  t.ok(circuit.admits(0));
  t.equal(circuit.state(0), 'closed');
});

t.test(
  'whatever happens in whatever order: open lets nothing through, and nothing stays open for ever',
  async () => {
    const event = fc.record({
      kind: fc.constantFrom('admits', 'succeeded', 'failed', 'dropped', 'rest', 'probeNow'),
      passedMs: fc.nat(3_000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const circuit = new Circuit(RULE);
        let nowMs = 0;
        return events.every(({ kind, passedMs }) => {
          nowMs += passedMs;
          const before = circuit.state(nowMs);
          let sound = true;
          if (kind === 'admits') {
            const admitted = circuit.admits(nowMs);
            sound = !admitted || before === 'closed' || (before === 'half_open' && !circuit.admits(nowMs));
          } else if (kind === 'succeeded') {
            circuit.succeeded(nowMs);
            sound = circuit.state(nowMs) === (before === 'open' ? 'open' : 'closed');
          } else if (kind === 'failed') {
            circuit.failed(nowMs);
            sound = before === 'closed' || circuit.state(nowMs) === 'open';
          } else if (kind === 'rest') circuit.rest(nowMs, passedMs);
          else if (kind === 'probeNow') circuit.probeNow(nowMs);
          else circuit.dropped();
          return sound && circuit.ready(nowMs + 60_000);
        });
      }),
    );
  },
);
