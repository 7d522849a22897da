import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { type Command, explain, misused } from './command.ts';

export const redact: Command = {
  name: 'redact',
  args: '[--file PATH] [--action ACTION] [--policies FOLDER] [--json]',
  about: 'redact a file or standard input, and say what was found and why',
  run: async (args) => {
    const options = readOptions(args);
    if (options === undefined) return misused(redact);
    try {
      const { PseudonymKeys, REDACTION_ACTIONS, tryRedaction } = await import('../../redaction/index.ts');
      const action = REDACTION_ACTIONS.find((each) => each === options.action);
      if (action === undefined) {
        console.error(
          `sluice: there is no action "${options.action}"; there are ${REDACTION_ACTIONS.join(', ')}`,
        );
        return 2;
      }
      const text =
        options.file === undefined ? await textOf(process.stdin) : await readFile(options.file, 'utf8');
      const declared = options.policies === undefined ? [] : await entitiesIn(options.policies);
      const trial = tryRedaction(text, { '*': action }, new PseudonymKeys(randomBytes(32)).of(''), declared);
      if (options.json) {
        console.log(JSON.stringify(trial, null, 2));
        return 0;
      }
      if (trial.text === null) console.error('sluice: a request with this text would be blocked');
      else process.stdout.write(trial.text);
      for (const { start, end, entity, action: done, score, why } of trial.findings)
        console.error(`${start}–${end}  ${entity}  ${done}  score ${score}: ${why}`);
      return 0;
    } catch (error) {
      explain(error);
      return 1;
    }
  },
};

/** What the policies of a folder declare, whomever they are for. */
async function entitiesIn(folder: string) {
  const { declaredEntities, loadPolicies } = await import('../../policies/index.ts');
  const { set } = await loadPolicies(folder, 'allow');
  return declaredEntities(set.policies);
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        file: { type: 'string' },
        action: { type: 'string', default: 'mask' },
        policies: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch {
    return undefined;
  }
}
