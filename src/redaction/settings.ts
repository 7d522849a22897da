import { z } from 'zod';

export const redactionSettings = z
  .strictObject({
    pseudonym_key: z
      .string()
      .min(32)
      .describe(
        'Secret that keys placeholders such as <EMAIL_k7f2q9ab>; the same on every node. Without it each start draws one, and placeholders change with it.',
      )
      .exactOptional(),
  })
  .describe('Redaction of personal data and secrets; what is redacted is said by policies (section pii).');
