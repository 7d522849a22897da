import { readFileSync } from 'node:fs';
import t from 'tap';
import { KIND_IDS, PROVIDER_VARIABLES } from '../providers/settings.ts';
import { exampleYaml } from './example.ts';
import { loadConfig, parseConfig } from './load.ts';

const FILE = 'config.example.yaml';
const EXAMPLE = readFileSync(FILE, 'utf8');

t.test('config.example.yaml is what `sluice config example` writes', async (t) => {
  t.equal(EXAMPLE, exampleYaml(), 'run: node src/main.ts config example > config.example.yaml');
});

t.test('the example file as it is gives exactly the defaults', async (t) => {
  const defaults = parseConfig({ providers: { simulated: { kind: 'simulated' } } });
  t.strictSame(loadConfig({ SLUICE_CONFIG: FILE }), defaults);
  t.strictSame(loadConfig({}), defaults);
});

t.test('the samples in the example file work when they are uncommented', async (t) => {
  const sample = /^( *)(?:\w+: (?:\{\}|\[\])\n\1)?#(\w+:)((?:\n\1#(?: {2}.*)?$)+)/gm;
  let samples = 0;
  const uncommented = EXAMPLE.replace(sample, (_all, indent: string, name: string, body: string) => {
    samples += 1;
    return `${indent}${name}${body.replaceAll(`\n${indent}#`, `\n${indent}`)}`;
  });
  t.equal(samples, 6, 'providers, encryption keys, models, issuers, prices, model outputs');
  const file = `${t.testdir({ 'config.yaml': uncommented })}/config.yaml`;
  const config = loadConfig({
    SLUICE_CONFIG: file,
    SLUICE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    ...Object.fromEntries(
      Object.keys(PROVIDER_VARIABLES).map((variable) => [variable, 'sk-of-a-test-0000000000']),
    ),
  });
  t.strictSame(Object.keys(config.providers), KIND_IDS);
  t.match(config.models, { support: { targets: [{ provider: 'openai' }] } });
  t.equal(config.identity.issuers.length, 1);
  t.equal(config.prices.overrides.length, 1);
  t.equal(config.budgets.model_outputs.length, 1);
});

t.test('every setting has a description', async (t) => {
  const lines = EXAMPLE.split('\n');
  const bare = lines.filter((line, index) => {
    const setting = /^[ #]*[a-z_0-9]+:(?: |$)/.test(line) && !/^ *#? *# /.test(line);
    const above = lines[index - 1] ?? '';
    return setting && !/# /.test(above) && !/\bkind: |^#? *[\w-]+:$/.test(line) && !/^ *#\w+:$/.test(line);
  });
  t.strictSame(bare, []);
});
