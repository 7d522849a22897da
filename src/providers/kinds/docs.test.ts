import { readFileSync } from 'node:fs';
import t from 'tap';
import { SIMULATED_MODELS } from '../simulated/behaviour.ts';
import { KINDS } from './index.ts';

t.test('the documentation lists every kind as it is', async (t) => {
  // The formatter pads the columns of a table.
  const text = readFileSync('docs/providers.md', 'utf8').replace(/ +/g, ' ');
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ');
  for (const { id, summary, operations, patterns } of KINDS) {
    t.ok(text.includes(`| \`${id}\` | ${summary} | ${code(operations)} | ${code(patterns)} |`), id);
  }
});

t.test('the documentation lists every simulated model', async (t) => {
  const text = readFileSync('docs/simulator.md', 'utf8');
  for (const model of SIMULATED_MODELS) t.ok(text.includes(`\`${model}\``), model);
});
