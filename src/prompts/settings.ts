import { z } from 'zod';

/** The section `prompts` of config.yaml. */
export const promptsSettings = z.strictObject({
  folder: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder of prompt files (*.yaml), relative to where the gateway is started. Watched. null = prompts come from the admin API alone.',
    ),
});
