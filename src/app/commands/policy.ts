import { loadConfig, processEnvironment } from '../../config/index.ts';
import { formatProblem } from '../../core/strict-yaml.ts';
import { type Command, explain, misused } from './command.ts';

export const policy: Command = {
  name: 'policy',
  args: 'check|test [FOLDER]',
  about: 'check the policy files, or try them on the requests of their .cases.yaml files',
  run: async ([action, folder]) => {
    if (action !== 'check' && action !== 'test') return misused(policy);
    try {
      const { checkPolicies } = await import('../../policies/index.ts');
      const { policies } = loadConfig(processEnvironment());
      const report = await checkPolicies(folder ?? policies.folder, policies.default);
      for (const problem of report.problems) console.error(formatProblem(problem));
      console.log(`${report.policies} policies, ${report.cases} cases, ${report.problems.length} problems`);
      return report.problems.length === 0 ? 0 : 1;
    } catch (error) {
      explain(error);
      return 1;
    }
  },
};
