import { z } from 'zod';

export const redactionSettings = z
  .strictObject({
    pseudonym_key: z
      .string()
      .min(32)
      .describe(
        'Secret that keys pseudonyms such as <EMAIL_k7f2q9ab> and the hashes in the audit trail; the same on every node. Without it each start draws one, and they change with it.',
      )
      .exactOptional(),
  })
  .describe('Redaction of personal data and secrets; what is redacted is said by policies (section pii).');
