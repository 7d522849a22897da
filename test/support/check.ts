/** `npm run check`: format and lint, types, import rules; each as an error. Prints what failed and exits 1. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

/** Fewer modules than this means that the cruiser read nothing: without a parser it reports success. */
const LEAST_MODULES = 100;

const bin = (name: string): string => join('node_modules', '.bin', name);
let failed = false;

function run(title: string, command: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(bin(command), args, { encoding: 'utf8' });
  if (status === 0) {
    console.log(`ok  ${title}`);
    return;
  }
  failed = true;
  console.error(`FAILED  ${title}\n${stdout}${stderr}`);
}

async function violations(folders: string[]): Promise<{ modules: number; found: string[] }> {
  const options = await extractOptions('./.dependency-cruiser.cjs');
  const { output } = await cruise(folders, { ...options, validate: true });
  if (typeof output === 'string') throw new Error('dependency-cruiser gave text where a result was expected');
  return {
    modules: output.summary.totalCruised,
    found: output.summary.violations.map((v) => `${v.rule.severity} ${v.rule.name}: ${v.from} → ${v.to}`),
  };
}

/** A rule that catches nothing is no rule: plant a violation and see that it is found. */
async function provesItself(): Promise<boolean> {
  const folder = mkdtempSync('src/core/planted-');
  try {
    writeFileSync(join(folder, 'planted.ts'), "import '../../gateway/stage.ts';\n");
    const { found } = await violations([folder]);
    return found.some((line) => line.includes('core-imports-nothing-of-ours'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

run('biome', 'biome', ['check', '--error-on-warnings', '.']);
run('types', 'tsc', ['--noEmit']);
// their libraries have an install of their own
if (existsSync('test/clients/node_modules'))
  run('types of the client tests', 'tsc', ['--noEmit', '-p', 'test/clients']);
const { modules, found } = await violations(['src', 'test']);
if (modules < LEAST_MODULES)
  found.push(`only ${modules} modules were read; at least ${LEAST_MODULES} are expected`);
if (!(await provesItself())) found.push('a planted violation was not caught');
if (found.length > 0) {
  failed = true;
  console.error(`FAILED  import rules\n${found.join('\n')}`);
} else console.log(`ok  import rules (${modules} modules)`);
process.exit(failed ? 1 : 0);
