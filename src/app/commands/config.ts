import { exampleYaml, loadConfig, processEnvironment } from '../../config/index.ts';
import { type Command, explain, misused } from './command.ts';

export const config: Command = {
  name: 'config',
  args: 'check|example',
  about: 'check the configuration, or print every setting with its default',
  run: async ([action]) => {
    if (action === 'example') {
      process.stdout.write(exampleYaml());
      return 0;
    }
    if (action !== 'check') return misused(config);
    const environment = processEnvironment();
    try {
      loadConfig(environment);
      console.log(
        `${environment.SLUICE_CONFIG ?? 'config.yaml, where it exists,'} and the environment are good.`,
      );
      return 0;
    } catch (error) {
      explain(error);
      return 1;
    }
  },
};
