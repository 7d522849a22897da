import { exampleYaml, loadConfig, processEnvironment } from '../../config/index.ts';
import { type Command, explain, misused } from './command.ts';

export const config: Command = {
  name: 'config',
  args: 'check [FILE] | example',
  about: 'check the configuration (FILE in place of the one that serve would read), or print every setting',
  run: async ([action, file, ...others]) => {
    const unknown = file?.startsWith('-') || (action === 'example' && file !== undefined);
    if (unknown || others.length > 0) return misused(config);
    if (action === 'check') return check(file);
    if (action !== 'example') return misused(config);
    process.stdout.write(exampleYaml());
    return 0;
  },
};

function check(file: string | undefined): number {
  const environment = processEnvironment();
  const named = file ?? (environment.SLUICE_CONFIG || undefined);
  try {
    loadConfig(environment, named);
    console.log(`${named ?? 'config.yaml, where it exists,'} and the environment are good.`);
    return 0;
  } catch (error) {
    explain(error);
    return 1;
  }
}
