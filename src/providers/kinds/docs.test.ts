import { readFileSync } from 'node:fs';
import t from 'tap';
import { SIMULATED_MODELS } from '../simulated/behaviour.ts';
import { KINDS } from './index.ts';
import type { ProviderKind } from './kind.ts';

t.test('the documentation lists every kind as it is', async (t) => {
  // The formatter pads the columns of a table.
  const text = readFileSync('docs/providers.md', 'utf8').replace(/ +/g, ' ');
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(' ');
  for (const { id, summary, operations, patterns } of KINDS) {
    t.ok(text.includes(`| \`${id}\` | ${summary} | ${code(operations)} | ${code(patterns)} |`), id);
  }
});

t.test('the documentation says what every kind needs, where it is and what it carries', async (t) => {
  const text = readFileSync('docs/providers.md', 'utf8').replace(/ +/g, ' ');
  const pairs = (variables: Readonly<Record<string, string>> = {}): string =>
    Object.entries(variables)
      .map(([setting, variable]) => `\`${variable}\` (\`${setting}\`)`)
      .join(' ') || '–';
  for (const { id, environment, regions, capabilities } of KINDS as readonly ProviderKind[]) {
    const carried = capabilities.map((one) => `\`${one}\``).join(' ') || '–';
    const row = [pairs(environment?.needs), pairs(environment?.takes), regions.join(', ') || '–', carried];
    t.ok(text.includes(`| \`${id}\` | ${row.join(' | ')} |`), id);
  }
});

t.test('the documentation lists every simulated model', async (t) => {
  const text = readFileSync('docs/simulator.md', 'utf8');
  for (const model of SIMULATED_MODELS) t.ok(text.includes(`\`${model}\``), model);
});
