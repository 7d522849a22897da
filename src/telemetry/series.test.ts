import fc from 'fast-check';
import prom from 'prom-client';
import t from 'tap';
import { ModelLabels } from './models.ts';
import { Counter, Family, Histogram, registerCounter, registerHistogram } from './series.ts';

const BOUNDS = [0.001, 0.01, 0.1, 1];
const LABELS = ['operation', 'outcome'];
const label = fc.constantFrom('chat', 'a "quoted" \\ name', 'line\nbreak', '');
const observations = fc.array(
  fc.record({ labels: fc.tuple(label, label), value: fc.double({ min: 0, max: 2, noNaN: true }) }),
  { maxLength: 50 },
);

t.test('what is scraped is what prom-client itself would have counted', async (t) => {
  await fc.assert(
    fc.asyncProperty(observations, async (seen) => {
      const [ours, theirs] = [new prom.Registry(), new prom.Registry()];
      const counters = new Family(LABELS, () => new Counter());
      const histograms = new Family(LABELS, () => new Histogram(BOUNDS));
      registerCounter(ours, 'requests_total', 'Help.', counters);
      registerHistogram(ours, 'seconds', 'Help.', BOUNDS, histograms);
      const options = { help: 'Help.', labelNames: LABELS, registers: [theirs] };
      const counter = new prom.Counter({ ...options, name: 'requests_total' });
      const histogram = new prom.Histogram({ ...options, name: 'seconds', buckets: BOUNDS });
      for (const { labels, value } of seen) {
        counters.of(...labels).inc(value);
        histograms.of(...labels).observe(value);
        counter.labels(...labels).inc(value);
        histogram.labels(...labels).observe(value);
      }
      t.same(lines(await ours.metrics()), lines(await theirs.metrics()));
    }),
    { numRuns: 30 },
  );
});

/** Label order within a line is free; so is the order of lines. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`))
    .sort();
}

t.test('a metric does not grow past its limit; what comes later is counted as other', async (t) => {
  const family = new Family(['org', 'model'], () => new Counter(), 3);
  for (let n = 0; n < 600; n++) family.of('acme', `made-up-${n}`).inc();
  family.of('acme', 'made-up-0').inc();
  t.equal(family.all().length, 4);
  t.equal(family.of('other', 'other').value, 597);
  t.equal(family.of('acme', 'made-up-0').value, 2);
});

t.test('a model becomes a label once it has answered, and so many at most', async (t) => {
  const models = new ModelLabels(2);
  t.equal(models.of('made-up', false), 'other');
  t.equal(models.of('a', true), 'a');
  t.equal(models.of('a', false), 'a');
  t.equal(models.of('b', true), 'b');
  t.equal(models.of('c', true), 'other');
});
