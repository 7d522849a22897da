/**
 * Scores redaction on files of texts with spans, of Presidio's recogniser cases, of secrets and of clean text, plain
 * or gzip: `npm run eval:redaction -- FILE… [--json]`. Without files it runs the development sets where they are, and
 * puts Presidio's published figures beside its own.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Detector } from '../../src/redaction/detector.ts';
import { RECOGNISERS } from '../../src/redaction/recognisers/index.ts';
import { ARGUED } from './exceptions.ts';
import { markedRow } from './marked.ts';
import { detector, iou, merged, predict, type Span } from './spans.ts';
import { Tally } from './tally.ts';
import { ALIGNED, PUBLISHED, RECOGNISED_BY, TYPES, UNMARKED } from './types.ts';

interface Row {
  readonly text: string;
  readonly spans?: readonly Span[];
  readonly source?: string;
  readonly label?: number;
  readonly kind?: string;
  readonly entity?: string;
  readonly positive?: boolean;
  readonly valid?: boolean;
  readonly expected_count?: number;
  readonly license?: string;
  readonly ignore?: readonly Span[];
}

interface Report {
  readonly title: string;
  readonly rows: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly notes: readonly string[];
}

/** presidio-research's SpanEvaluator takes a span for found from this overlap on; 0.5 is reported beside it. */
const IOU = 0.9;

const FOLDER = new URL('../../../shared/data/pii/', import.meta.url).pathname;
const DEVELOPMENT = ['pii.jsonl.gz', 'presidio_unit.jsonl.gz', 'secrets.jsonl.gz', 'negatives.jsonl.gz'];

const json = process.argv.includes('--json');
const verbose = process.argv.includes('--misses');
const given = process.argv.slice(2).filter((each) => !each.startsWith('--'));
/** Sentences of ours, written before the lists were last worked on and never looked at while doing so. */
const HELD_OUT = new URL('held-out.txt', import.meta.url).pathname;
const files = given.length > 0 ? given : [...DEVELOPMENT.map((name) => `${FOLDER}${name}`), HELD_OUT];

function rowsOf(file: string): Row[] {
  const bytes = readFileSync(file);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (file.endsWith('.txt') ? markedRow(line) : (JSON.parse(line) as Row)));
}

function reportsOf(file: string): Report[] {
  const rows = rowsOf(file);
  const [first] = rows;
  const name = basename(file);
  if (first?.kind === 'match' || first?.kind === 'checksum') return [unitReport(name, rows)];
  if (rows.some((row) => row.label !== undefined)) return [secretReport(name, rows)];
  if (!rows.some((row) => (row.spans?.length ?? 0) > 0)) return [cleanReport(name, rows)];
  return spanReports(name, rows);
}

function spanReports(name: string, rows: readonly Row[]): Report[] {
  const sources = Map.groupBy(rows, (row) => row.source ?? name);
  return [...sources].map(([source, own]) => spanReport(`${name}: ${source}`, own));
}

function spanReport(title: string, rows: readonly Row[]): Report {
  const marked = new Set(rows.flatMap((row) => row.spans?.map(({ type }) => type) ?? []));
  const tallies = new Map<string, Tally>();
  const all = new Tally();
  const loose = new Tally();
  const every = new Tally();
  const tally = (type: string): Tally => tallies.get(type) ?? tallies.set(type, new Tally()).get(type) ?? all;
  let falseOnClean = 0;
  for (const row of rows) {
    const expected = (row.spans ?? []).filter((span) => span.end > span.start);
    const found = foundIn(row, marked);
    if (expected.length === 0) falseOnClean += found.length;
    for (const type of new Set([...expected, ...found].map((span) => span.type)))
      tally(type).add(ofType(row.text, expected, type), ofType(row.text, found, type), IOU);
    const anyExpected = merged(row.text, aligned(expected));
    const anyFound = merged(row.text, aligned(found));
    all.add(anyExpected, anyFound, IOU);
    loose.add(anyExpected, anyFound, 0.5);
    every.add(merged(row.text, expected), merged(row.text, found), IOU);
    if (verbose) printMisses(row, anyExpected, anyFound);
  }
  const line = (type: string, each: Tally): [string, Record<string, string | number>] => {
    const { precision, recall, recallOfValid, f2 } = each.scores();
    const published = title.includes('presidio-research') ? { published: PUBLISHED[type] ?? '' } : {};
    const figures = { P: fixed(precision), R: fixed(recall), 'R valid': fixed(recallOfValid), F2: fixed(f2) };
    return [type, { expected: each.expected, found: each.found, ...figures, ...published }];
  };
  const types = [...tallies].filter(([type]) => marked.has(type)).sort(([a], [b]) => a.localeCompare(b));
  return {
    title,
    rows: Object.fromEntries([
      line('all, whatever the type', all),
      line('the same, IoU 0.5', loose),
      line('all, with every type marked', every),
      ...types.map(([type, each]) => line(type, each)),
    ]),
    notes: [`${falseOnClean} found in texts without spans`, throughput(rows)],
  };
}

function foundIn(row: Row, marked: ReadonlySet<string>): Span[] {
  const found = predict(row.text).map(({ start, end, rank }) => {
    const id = RECOGNISERS[rank]?.id ?? '';
    return { start, end, type: TYPES[id] ?? id };
  });
  const ignored = (span: Span): boolean =>
    (row.ignore ?? []).some((other) => other.start < span.end && span.start < other.end);
  return found.filter((span) => (marked.has(span.type) || !UNMARKED.has(span.type)) && !ignored(span));
}

function ofType(text: string, spans: readonly Span[], type: string): Span[] {
  return merged(
    text,
    spans.filter((span) => span.type === type),
  );
}

/** Under the types that presidio-research scores. */
function aligned(spans: readonly Span[]): Span[] {
  return spans.flatMap((span) => {
    const type = ALIGNED[span.type] ?? span.type;
    return type === '' ? [] : { ...span, type };
  });
}

function printMisses(row: Row, expected: readonly Span[], found: readonly Span[]): void {
  const show = ({ start, end, type }: Span): string =>
    `${type}:${JSON.stringify(row.text.slice(start, end))}`;
  const overlaps = (a: Span, others: readonly Span[]): boolean =>
    iou(
      a,
      others.filter((b) => b.start < a.end && a.start < b.end),
    ) >= IOU;
  const missed = expected.filter((span) => !overlaps(span, found)).map(show);
  const extra = found.filter((span) => !overlaps(span, expected)).map(show);
  if (missed.length + extra.length > 0)
    console.log(
      `MISSED ${missed.join(' ')} EXTRA ${extra.join(' ')} IN ${JSON.stringify(row.text.slice(0, 160))}`,
    );
}

/** Presidio tests each recogniser by itself; so does this, at the threshold that holds in service. */
function unitReport(title: string, rows: readonly Row[]): Report {
  const ids = new Map<string, Detector | undefined>();
  const byEntity = new Map<string, { cases: number; right: number; argued: number; none: number }>();
  const wrong: string[] = [];
  for (const row of rows) {
    const entity = row.entity ?? '';
    const id = RECOGNISED_BY[entity] ?? entity.toLowerCase();
    if (!ids.has(id)) {
      const own = RECOGNISERS.find((each) => each.id === id);
      ids.set(id, own && new Detector([own]));
    }
    const own = ids.get(id);
    const counts = byEntity.get(entity) ?? { cases: 0, right: 0, argued: 0, none: 0 };
    byEntity.set(entity, counts);
    counts.cases++;
    if (own === undefined) {
      counts.none++;
      continue;
    }
    const found = predict(row.text, own);
    const spans = row.spans ?? [];
    const right =
      row.kind === 'checksum'
        ? found.length > 0 === (row.valid === true)
        : row.positive
          ? found.length === (row.expected_count ?? 1) &&
            spans.every((span) => found.some((one) => one.start === span.start && one.end === span.end))
          : found.length === 0;
    if (right) counts.right++;
    else if (ARGUED[`${entity} ${row.text}`] !== undefined) counts.argued++;
    else
      wrong.push(
        `${entity} ${JSON.stringify(row.text)}: expected ${spans.map((s) => `${s.start}-${s.end}`).join() || (row.positive ? row.expected_count : row.valid ? 'one' : 'nothing')}, found ${found.map((one) => `${one.start}-${one.end}`).join() || 'nothing'}`,
      );
  }
  return {
    title,
    rows: Object.fromEntries(byEntity),
    notes: [`${wrong.length} wrong and not argued`, ...wrong],
  };
}

function secretReport(title: string, rows: readonly Row[]): Report {
  const isSecret = (rank: number): boolean => RECOGNISERS[rank]?.group === 'secret';
  const hit = (row: Row): boolean => predict(row.text).some(({ rank }) => isSecret(rank));
  const positive = rows.filter((row) => row.label === 1);
  const negative = rows.filter((row) => row.label === 0);
  const recall = positive.filter(hit).length / positive.length;
  const falsePositives = negative.filter(hit).length / negative.length;
  return {
    title,
    rows: {
      secrets: { positive: positive.length, recall: fixed(recall), 'false positives': fixed(falsePositives) },
    },
    notes: [],
  };
}

function cleanReport(title: string, rows: readonly Row[]): Report {
  const alerts = rows.flatMap((row) =>
    predict(row.text).map(
      ({ start, end, rank }) => `${RECOGNISERS[rank]?.id} ${JSON.stringify(row.text.slice(start, end))}`,
    ),
  );
  const counts: Record<string, { alerts: number }> = {};
  for (const alert of alerts) {
    const id = alert.split(' ', 1)[0] ?? '';
    counts[id] = { alerts: (counts[id]?.alerts ?? 0) + 1 };
  }
  const firm = alerts.filter(
    (alert) => RECOGNISERS.find(({ id }) => alert.startsWith(`${id} `))?.group !== 'quasi_identifier',
  );
  return {
    title,
    rows: counts,
    notes: [
      `${firm.length} alerts in ${rows.length} clean texts, and ${alerts.length - firm.length} of quasi-identifiers`,
      ...(verbose ? alerts : firm.slice(0, 40)),
      throughput(rows),
    ],
  };
}

function throughput(rows: readonly Row[]): string {
  const texts = rows.map(({ text }) => text);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    for (const text of texts) detector.find(text, 0, text.length, []);
    best = Math.min(best, performance.now() - from);
  }
  return `${(bytes / 1000 / best).toFixed(1)} MB/s, every type on`;
}

function fixed(value: number): string {
  return value.toFixed(3);
}

const reports: Report[] = [];
for (const file of files) {
  if (existsSync(file)) reports.push(...reportsOf(file));
  else if (given.length > 0) throw new Error(`${file} is not there`);
  else console.error(`skipped: ${basename(file)} is not there`);
}
if (json) console.log(JSON.stringify(reports, undefined, 2));
else
  for (const { title, rows, notes } of reports) {
    console.log(`\n${title}`);
    console.table(rows);
    for (const note of notes) console.log(note);
  }
