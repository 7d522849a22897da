/**
 * `npm run replay -- [FOLDER] [--json]`: every recorded exchange in the folder through every sensible pair of
 * dialects; prints what passed and failed and why, by provider and feature. Exits 1 where something failed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { conformance } from './conform.ts';
import { type Exchange, readExchanges } from './exchange.ts';
import { type Outcome, tryExchange } from './trials.ts';

const DATA = join(import.meta.dirname, '../../../shared/data');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, conformance: { type: 'string' } },
});
const folder = positionals[0] ?? join(DATA, 'exchanges');
if (!existsSync(folder)) {
  console.error(
    `There is no folder ${folder}. Usage: npm run replay -- FOLDER [--json] [--conformance=FOLDER]`,
  );
  process.exit(2);
}

interface Row {
  readonly exchange: Exchange;
  readonly outcomes: readonly Outcome[];
}

const conform = conformance(values.conformance ?? join(DATA, 'conformance'));
const rows: Row[] = readExchanges(folder).map((exchange) => ({
  exchange,
  outcomes: tryExchange(exchange, conform),
}));

type Counts = Record<Outcome['result'], number>;

function tally(by: (exchange: Exchange) => readonly string[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const { exchange, outcomes } of rows) {
    for (const key of by(exchange)) {
      const found = counts.get(key) ?? { passed: 0, failed: 0, refused: 0 };
      for (const { result } of outcomes) found[result]++;
      counts.set(key, found);
    }
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const all = rows.flatMap(({ outcomes }) => outcomes);
const total: Counts = { passed: 0, failed: 0, refused: 0 };
for (const { result } of all) total[result]++;
const byProvider = tally(({ provider }) => [provider]);
const byFeature = tally(({ features }) => (features.length === 0 ? ['plain'] : features));
const skipped = rows.filter(({ outcomes }) => outcomes.length === 0);
const listed = (result: Outcome['result']) =>
  rows.flatMap(({ exchange, outcomes }) =>
    outcomes
      .filter((outcome) => outcome.result === result)
      .map(({ trial, why }) => ({ exchange: exchange.name, provider: exchange.provider, trial, why })),
  );

if (values.json) {
  console.log(
    JSON.stringify(
      {
        folder,
        total,
        byProvider: Object.fromEntries(byProvider),
        byFeature: Object.fromEntries(byFeature),
        failed: listed('failed'),
        refused: listed('refused'),
        skipped: skipped.map(({ exchange }) => ({ exchange: exchange.name, provider: exchange.provider })),
      },
      null,
      2,
    ),
  );
} else {
  for (const [title, counts] of [
    ['provider', byProvider],
    ['feature', byFeature],
  ] as const) {
    console.log(`\n${title.padEnd(22)} passed  refused  failed`);
    for (const [key, { passed, refused, failed }] of counts) {
      console.log(
        `${key.padEnd(22)} ${String(passed).padStart(6)} ${String(refused).padStart(8)} ${String(failed).padStart(7)}`,
      );
    }
  }
  for (const { exchange, trial, why } of listed('refused'))
    console.log(`refused  ${exchange}  ${trial}: ${why}`);
  for (const { exchange, trial, why } of listed('failed'))
    console.log(`FAILED   ${exchange}  ${trial}: ${why}`);
  console.log(
    `\n${rows.length - skipped.length} exchanges, ${skipped.length} in no dialect that is translated; trials: ${total.passed} passed, ${total.refused} refused as documented, ${total.failed} failed`,
  );
}
process.exit(total.failed > 0 ? 1 : 0);
