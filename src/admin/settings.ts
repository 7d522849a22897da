import { z } from 'zod';

export const adminSettings = z
  .strictObject({
    admin_key: z
      .string()
      .min(16, 'must have at least 16 characters: it opens every organisation')
      .optional()
      .describe(
        "The operators' own key for the admin API, besides those in the database. Also SLUICE_ADMIN_KEY.",
      ),
  })
  .describe('The admin REST API under /api/v1.');
