import { loadConfig, processEnvironment } from '../../config/index.ts';
import { formatProblem } from '../../core/strict-yaml.ts';
import { type Command, explain, misused } from './command.ts';

export const policy: Command = {
  name: 'policy',
  args: 'check [FOLDER] | test [FOLDER] | schema',
  about: 'check policy files, try them on their .cases.yaml files, or print their JSON Schema',
  run: async ([action, folder, ...others]) => {
    if (action !== 'check' && action !== 'test' && action !== 'schema') return misused(policy);
    const unknown = folder?.startsWith('-') || (action === 'schema' && folder !== undefined);
    if (unknown || others.length > 0) return misused(policy);
    try {
      const { checkPolicies, policyJsonSchema } = await import('../../policies/index.ts');
      if (action === 'schema') {
        console.log(JSON.stringify(policyJsonSchema(), null, 2));
        return 0;
      }
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
