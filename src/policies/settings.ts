import { z } from 'zod';

/** The section `policies` of config.yaml. */
export const policiesSettings = z.strictObject({
  folder: z
    .string()
    .min(1)
    .default('./policies')
    .describe('Folder of the policy files (*.yaml), relative to where the gateway is started. Watched.'),
  default: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('What becomes of a request that no policy matches.'),
});
